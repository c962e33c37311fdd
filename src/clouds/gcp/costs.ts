import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { gcpChargeClass } from "../../domain/cost/charge-class.ts";
import { COST_DIMENSIONS, type CostGroup } from "../../domain/cost/cost-line.ts";
import { AppError } from "../../domain/errors.ts";
import { microCarry } from "../../domain/money.ts";
import type { CostFacts, CostRequest, CostSource } from "../../ports/costs.ts";
import { gcpChargedType, gcpTypeOfName } from "./billed-type.ts";
import { type BillingQuery, billingQuery, parseBillingTable } from "./cost-query.ts";
import { gcpMalformed } from "./errors.ts";
import { createGcpSession, type GcpSession, type GcpSessionOptions } from "./session.ts";

export interface GcpCostOptions extends GcpSessionOptions {
  /** `project.dataset.gcp_billing_export_resource_v1_…`: the detailed usage cost export. */
  readonly billingTable: string;
  /** Project that runs and pays for queries. Default: the table's own. */
  readonly queryProject?: string | undefined;
  /** A query that would read more is refused. Default 100 GiB. */
  readonly maxBytes?: bigint | undefined;
}

/** On demand, BigQuery takes 6.25 USD a TiB (cloud.google.com/bigquery/pricing), of 10 MiB at least. */
const MICROS_PER_TIB = 6_250_000n;
const TIB = 1024n ** 4n;
const LEAST_BYTES = 10n * 1024n ** 2n;
const DEFAULT_MAX_BYTES = 100n * 1024n ** 3n;

/** Google adds to the export several times a day. */
const KEEP_FOR_MS = 6 * 3_600_000;
const ROWS_PER_PAGE = 10_000;
/** How long an answer waits for the query before it says that it still runs. */
const WAIT_MS = 10_000;
const PAUSE_MS = 500;
const OPERATION = "jobs.query";

/** QueryResponse and GetQueryResultsResponse of the discovery document `bigquery` v2. */
const Answer = z.object({
  jobComplete: z.boolean().optional(),
  // A dry run makes no job, and names none.
  jobReference: z
    .object({ jobId: z.string().optional(), location: z.string().optional() })
    .optional(),
  pageToken: z.string().optional(),
  totalBytesProcessed: z.string().optional(),
  schema: z.object({ fields: z.array(z.object({ name: z.string() })) }).optional(),
  rows: z.array(z.object({ f: z.array(z.object({ v: z.string().nullish() })) })).default([]),
});
type Answer = z.output<typeof Answer>;

/**
 * GCP costs by label, from the detailed billing export in BigQuery. The export has one metric: what is
 * invoiced, credits taken off. Making one loads nothing and asks nothing.
 * @throws {AppError} `config_invalid` for a table that is none of the export.
 */
export function createGcpCosts(options: GcpCostOptions): CostSource {
  const table = parseBillingTable(options.billingTable);
  const session = createGcpSession(options);
  const project = options.queryProject ?? table.project;
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  return {
    method: "bigquery",
    cloud: "gcp",
    capabilities: {
      dimensions: COST_DIMENSIONS,
      maxDimensions: COST_DIMENSIONS.length,
      maxKeys: 20,
      blankIsAbsent: false,
      seesResources: true,
    },
    keepForMs: KEEP_FOR_MS,
    askingCost: () => ({ calls: 1, costMicros: priceOf(LEAST_BYTES) }),
    read: (request, signal, onSpent) => {
      const reading: Reading = {
        request,
        query: billingQuery(table.name, request),
        session,
        project,
        maxBytes,
        signal,
        onSpent,
        bytes: 0n,
        done: false,
      };
      return { groups: readAll(reading), facts: () => factsOf(reading) };
    },
    close: async () => session.close(),
  };
}

function priceOf(bytes: bigint): bigint {
  const billed = bytes < LEAST_BYTES ? LEAST_BYTES : bytes;
  return (billed * MICROS_PER_TIB + TIB - 1n) / TIB;
}

interface Reading {
  readonly request: CostRequest;
  readonly query: BillingQuery;
  readonly session: GcpSession;
  readonly project: string;
  readonly maxBytes: bigint;
  readonly signal: AbortSignal;
  readonly onSpent: ((costMicros: bigint) => void) | undefined;
  bytes: bigint;
  done: boolean;
}

function factsOf({ request, bytes, done }: Reading): CostFacts {
  if (!done)
    throw new AppError("internal", "The facts of an answer were asked for before its end.");
  return {
    method: "bigquery",
    metric: "billed",
    asOfMs: null,
    // Google closes a month some days after its end.
    estimated: request.period.to > openSince(),
    missing: [],
    keys: request.keys.map(({ tag, spellings }) => ({
      tag,
      state: "active",
      activeSince: null,
      spellingsRead: spellings,
      merged: [],
    })),
    linesLeftOut: 0,
    asked: { calls: 1, costMicros: priceOf(bytes) },
  };
}

/** First day of the month that is still open. */
function openSince(): string {
  return `${new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 7)}-01`;
}

async function* readAll(reading: Reading): AsyncGenerator<readonly CostGroup[]> {
  await refuseTooLarge(reading);
  reading.onSpent?.(priceOf(reading.bytes));
  const toGroup = groupMaker(reading);
  for await (const { rows } of pagesOf(reading))
    yield rows.map(({ f }) => toGroup(f.map(({ v }) => v ?? null)));
  reading.done = true;
}

/** A dry run is free and tells how much the query would read. */
async function refuseTooLarge(reading: Reading): Promise<void> {
  const answer = await ask(reading, { dryRun: true });
  reading.bytes = BigInt(answer.totalBytesProcessed ?? "0");
  if (reading.bytes <= reading.maxBytes) return;
  throw new AppError("invalid_input", "The billing export is larger than one query may read.", {
    hint: "Ask for a shorter period, or partition the export by day (a table of its own has no partitions).",
    details: { bytes: String(reading.bytes), maxBytes: String(reading.maxBytes) },
  });
}

async function ask(reading: Reading, more: object): Promise<Answer> {
  const { query, session, project, maxBytes, signal } = reading;
  const call = {
    service: "bigquery",
    path: `/bigquery/v2/projects/${encodeURIComponent(project)}/queries`,
    query: new URLSearchParams(),
    operation: OPERATION,
  } as const;
  const body = {
    query: query.sql,
    useLegacySql: false,
    parameterMode: "NAMED",
    queryParameters: query.parameters,
    maximumBytesBilled: String(maxBytes),
    maxResults: ROWS_PER_PAGE,
    timeoutMs: WAIT_MS,
    ...more,
  };
  return parse(await session.post(call, body, signal));
}

async function* pagesOf(reading: Reading): AsyncGenerator<Answer> {
  let answer = await ask(reading, {});
  for (;;) {
    const { jobReference, pageToken, jobComplete } = answer;
    const isComplete = jobComplete ?? false;
    if (isComplete) {
      checkColumns(reading, answer);
      yield answer;
    }
    if (isComplete && (pageToken ?? "") === "") return;
    const { jobId, location } = jobReference ?? {};
    if (jobId === undefined) throw gcpMalformed(OPERATION);
    if (!isComplete) await pause(reading.signal);
    answer = await nextOf(reading, { jobId, location }, isComplete ? pageToken : undefined);
  }
}

async function nextOf(
  { session, project, signal }: Reading,
  { jobId, location }: { readonly jobId: string; readonly location: string | undefined },
  pageToken: string | undefined,
): Promise<Answer> {
  const query = new URLSearchParams({
    maxResults: String(ROWS_PER_PAGE),
    timeoutMs: String(WAIT_MS),
  });
  if (location !== undefined) query.set("location", location);
  if (pageToken !== undefined) query.set("pageToken", pageToken);
  const path = `/bigquery/v2/projects/${encodeURIComponent(project)}/queries/${encodeURIComponent(jobId)}`;
  return parse(
    await session.get(
      { service: "bigquery", path, query, operation: "jobs.getQueryResults" },
      signal,
    ),
  );
}

function parse(body: unknown): Answer {
  const parsed = Answer.safeParse(body);
  if (!parsed.success) throw gcpMalformed(OPERATION, parsed.error);
  return parsed.data;
}

/** Values come without names: their columns must be the ones asked for. */
function checkColumns({ query }: Reading, { schema }: Answer): void {
  const names = schema?.fields.map(({ name }) => name) ?? [];
  if (names.join() !== query.columns.join()) throw gcpMalformed(OPERATION);
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(PAUSE_MS, undefined, { signal });
  } catch (cause) {
    throw new AppError("cancelled", "Reading Google Cloud was stopped.", { cause });
  }
}

function groupMaker({
  request,
  query,
}: Reading): (values: readonly (string | null)[]) => CostGroup {
  const carries = new Map<string, (text: string) => bigint>();
  const asked = new Set(request.dimensions);
  const spellings = request.keys.flatMap((key) => key.spellings);
  const at = new Map(query.columns.map((name, index) => [name, index]));
  return (values) => {
    const text = (name: string): string | null => values[at.get(name) ?? -1] ?? null;
    const currency = text("currency") ?? "";
    const carry = carries.get(currency) ?? microCarry();
    carries.set(currency, carry);
    const micros = carry(text("net_cost") ?? "");
    const service = text("service");
    const resourceId = text("resource");
    const hasResource = text("has_resource") === "true";
    return {
      cloud: "gcp",
      month: text("month") ?? "",
      charge: gcpChargeClass(text("cost_type") ?? "", service ?? ""),
      account: text("account"),
      region: text("region"),
      service: asked.has("service") ? service : null,
      resourceType:
        resourceId === null
          ? gcpTypeOfName({
              host: text("resource_host"),
              collection: text("resource_collection"),
              service: hasResource && asked.has("resource_type") ? service : null,
            })
          : gcpChargedType(resourceId, service),
      resourceId,
      hasResource,
      tags: spellings.flatMap((key, index) => {
        const value = text(`tag${index}`);
        return value === null ? [] : [{ key, value }];
      }),
      effectiveMicros: micros,
      billedMicros: micros,
      currency,
      lines: Number(text("line_count") ?? 0),
    };
  };
}
