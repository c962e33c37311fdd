import { setImmediate as nextTurn } from "node:timers/promises";
import type { Cloud } from "../domain/cloud.ts";
import type { Judge } from "../domain/compliance/violation.ts";
import { AppError } from "../domain/errors.ts";
import type { Resource } from "../domain/resource.ts";
import { createBoundedTurns, type TakeTurn } from "../domain/scan/bounded-turns.ts";
import { ANY, type Cell, type CellOutcome } from "../domain/scan/cell.ts";
import { cellFailure } from "../domain/scan/cell-failure.ts";
import type { NarrowedScope } from "../domain/scan/narrow.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { Priority } from "../domain/scan/waiting-line.ts";
import type { Clock } from "../ports/clock.ts";
import type { CellReader, CloudProvider } from "../ports/cloud.ts";
import type { SnapshotKind } from "../ports/history.ts";
import type { Ids } from "../ports/ids.ts";
import type {
  InventoryStore,
  JudgedResource,
  NewScan,
  ScanRecord,
  ScanWriter,
} from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import { forEachConcurrent } from "./concurrency.ts";
import { createPlaceCounter, type PlaceCounter, type ScanPlaces } from "./scan-places.ts";
import { type Backlog, UnsavedPages } from "./unsaved-pages.ts";

export interface ScanDeps {
  readonly providers: readonly CloudProvider[];
  readonly inventory: Pick<InventoryStore, "beginScan">;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Cells of one cloud read at the same time. */
  readonly cellConcurrency: number;
}

export interface ScanProgress {
  readonly cellsDone: number;
  /** Cells found so far; grows while accounts and regions are still being listed. */
  readonly cellsTotal: number;
  readonly resources: number;
  /** The cell that moved last. */
  readonly cloud: Cloud;
  readonly account: string;
  readonly region: string;
  /** Absent where only cells are known, as of a scan that another process makes. */
  readonly places?: ScanPlaces;
  /** Of the scan that tells. */
  readonly scanId?: string;
  /** The cell that moved last has just ended, and was not read to its end. */
  readonly notRead?: CellOutcome;
}

export interface ScanRequest {
  readonly narrowed: NarrowedScope;
  /** The policy in force when the scan began; one scan judges by one policy. */
  readonly judge: Judge;
  /** What the scan is kept as for trends; null: it is not kept. */
  readonly snapshot: SnapshotKind | null;
  /** `background` for scheduled scans: their calls wait behind those that someone waits for. */
  readonly priority?: Priority | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** What the parts of one running scan share. */
interface Run {
  readonly deps: ScanDeps;
  readonly request: ScanRequest;
  readonly writer: ScanWriter;
  readonly outcomes: { complete: number; partial: number; unread: number };
  /** Failures that left nothing of a cloud to read. */
  readonly cloudFailures: AppError[];
  readonly progress: { cellsDone: number; cellsTotal: number; resources: number };
  readonly placeCounter: PlaceCounter;
  readonly backlog: Backlog;
  /** Pages may come as fast as they are asked for, of hundreds of cells. */
  readonly takeTurn: TakeTurn;
}

/** Resources judged in one turn of the event loop: some milliseconds of work. */
const RESOURCES_PER_TURN = 300;

/**
 * Reads every cell of the scope from its cloud, judges what it sees and stores it. One cloud's, account's
 * or region's failure ends its own cells and no others.
 * @throws {AppError} `cancelled`; `credentials_missing` or `credentials_expired` when that is so in every
 * cloud asked; `invalid_input` when a cloud finds that the scope names what does not
 * exist; `storage_unavailable`. In each case the scan is recorded as ended, and what was read stays.
 */
export async function runScan(deps: ScanDeps, request: ScanRequest): Promise<ScanRecord> {
  return writeScan(deps, request, await deps.inventory.beginScan(newScan(deps, request)));
}

/** What a scan that is about to begin says of itself. */
export function newScan({ ids, clock }: ScanDeps, request: ScanRequest): NewScan {
  return {
    id: ids.next("scan"),
    scope: request.narrowed.scope,
    startedAt: clock.now(),
    policyHash: request.judge.policyHash,
    snapshot: request.snapshot !== null,
    ...(request.snapshot === null ? {} : { snapshotKind: request.snapshot }),
  };
}

/** The scan itself, once it was begun. @throws {AppError} as `runScan`. */
export async function writeScan(
  deps: ScanDeps,
  request: ScanRequest,
  writer: ScanWriter,
): Promise<ScanRecord> {
  const run: Run = {
    deps,
    request,
    writer,
    outcomes: { complete: 0, partial: 0, unread: 0 },
    cloudFailures: [],
    progress: { cellsDone: 0, cellsTotal: 0, resources: 0 },
    placeCounter: createPlaceCounter(),
    backlog: { rows: 0 },
    takeTurn: createBoundedTurns(RESOURCES_PER_TURN, () => nextTurn()),
  };
  try {
    await scanClouds(run);
  } catch (error) {
    await endInOrder(run);
    throw error;
  }
  return writer.finish(statusOf(run));
}

/** Ends a scan that threw; what it threw matters more than a failure to record its end. */
async function endInOrder({ writer, request, deps }: Run): Promise<void> {
  try {
    await writer.finish(request.signal.aborted ? "cancelled" : "failed");
  } catch (error) {
    deps.logger.warn("the end of a scan was not recorded", { scanId: writer.scanId, error });
  }
}

/** A scan that found no cell at all has proved nothing, so it is `partial`. */
function statusOf({ outcomes, request }: Run): "complete" | "partial" | "failed" | "cancelled" {
  if (request.signal.aborted) return "cancelled";
  if (outcomes.complete + outcomes.partial + outcomes.unread === 0) return "partial";
  if (outcomes.partial + outcomes.unread === 0) return "complete";
  return outcomes.complete + outcomes.partial === 0 ? "failed" : "partial";
}

async function scanClouds(run: Run): Promise<void> {
  const { perCloud } = run.request.narrowed;
  const jobs = run.deps.providers.flatMap((provider) => {
    const scope = perCloud.get(provider.cloud);
    return scope === undefined ? [] : [scanCloud(run, provider, scope)];
  });
  // Every cloud runs to its own end before a failure of one is thrown: nothing writes after `finish`.
  const settled = await Promise.allSettled(jobs);
  if (run.request.signal.aborted) throw new AppError("cancelled", "The scan was cancelled.");
  for (const result of settled) if (result.status === "rejected") throw result.reason;
  const [failure] = run.cloudFailures;
  const credentialsOnly = run.cloudFailures.every(({ code }) => code.startsWith("credentials_"));
  // Nothing at all could be asked: the caller needs the way to sign in, not an empty answer.
  if (failure !== undefined && credentialsOnly && run.cloudFailures.length === jobs.length)
    throw failure;
}

async function scanCloud(run: Run, provider: CloudProvider, scope: Scope): Promise<void> {
  const { signal } = run.request;
  try {
    await forEachConcurrent(
      plannedCells(run, provider, scope),
      run.deps.cellConcurrency,
      (reader) => readCell(run, reader),
    );
  } catch (error) {
    if (isFatal(error) || signal.aborted) throw error;
    if (error instanceof AppError) run.cloudFailures.push(error);
    const cell: Cell = { cloud: provider.cloud, account: ANY, region: ANY, resourceType: ANY };
    foundCell(run, cell);
    await endCell(run, failedOutcome(run, cell, { error, resources: 0 }));
  }
}

/** Mistakes of the caller and of our own store concern the whole question, not one cell of it. */
function isFatal(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === "invalid_input" || error.code === "storage_unavailable")
  );
}

async function* plannedCells(
  run: Run,
  provider: CloudProvider,
  scope: Scope,
): AsyncGenerator<CellReader> {
  const { signal, priority } = run.request;
  for await (const planned of provider.inventory.plan(scope, signal, { priority })) {
    foundCell(run, planned.kind === "reader" ? planned.reader.cell : planned.outcome.cell);
    if (planned.kind === "reader") yield planned.reader;
    else await endCell(run, planned.outcome);
  }
}

async function readCell(run: Run, reader: CellReader): Promise<void> {
  // Of its own: a signal looks through all of its listeners whenever one is added or removed.
  const signal = AbortSignal.any([run.request.signal]);
  let resources = 0;
  let outcome: CellOutcome;
  const unsaved = new UnsavedPages(run.backlog);
  try {
    for await (const page of reader.read(signal)) {
      signal.throwIfAborted();
      await run.takeTurn(page.length);
      resources += page.length;
      run.progress.resources += page.length;
      report(run, reader.cell);
      await unsaved.add(page.length, save(run, reader.cell, page));
    }
    outcome =
      reader.sees === "everything"
        ? { cell: reader.cell, status: "complete", reason: null, resources }
        : { cell: reader.cell, status: "partial", reason: "tagged_only", resources };
  } catch (error) {
    if (isFatal(error)) throw error;
    outcome = failedOutcome(run, reader.cell, { error, resources });
  }
  const failures = await unsaved.settled();
  for (const error of failures) if (isFatal(error)) throw error;
  // A cell of which a page is not stored is not read, however well it was read.
  if (failures.length > 0)
    outcome = failedOutcome(run, reader.cell, { error: failures[0], resources });
  await endCell(run, outcome);
}

function save(run: Run, cell: Cell, page: readonly Resource[]): Promise<void> {
  return run.writer.saveResources(cell, judgePage(run, page));
}

function judgePage(run: Run, page: readonly Resource[]): readonly JudgedResource[] {
  const now = run.deps.clock.now();
  const { judge } = run.request;
  return page.map((resource) => ({ resource, judgement: judge.judge(resource, now) }));
}

function failedOutcome(
  run: Run,
  cell: Cell,
  failure: { readonly error: unknown; readonly resources: number },
): CellOutcome {
  const { error, resources } = failure;
  const cause = run.request.signal.aborted ? new AppError("cancelled", "Cancelled.") : error;
  const ended = cellFailure(cause, resources);
  if (ended.reason === "internal_error") run.deps.logger.error("cell failed", { cell, error });
  else run.deps.logger.info("cell not read", { cell, ...ended });
  return { cell, ...ended, resources };
}

async function endCell(run: Run, outcome: CellOutcome): Promise<void> {
  await run.writer.endCell(outcome);
  const read = outcome.status === "complete" || outcome.status === "partial";
  run.outcomes[read ? outcome.status : "unread"] += 1;
  run.progress.cellsDone += 1;
  run.placeCounter.ended(outcome.cell);
  report(run, outcome.cell, outcome.status === "complete" ? {} : { notRead: outcome });
}

function foundCell(run: Run, cell: Cell): void {
  run.progress.cellsTotal += 1;
  run.placeCounter.found(cell);
}

function report(
  { request, progress, placeCounter, writer }: Run,
  { cloud, account, region }: Cell,
  ended: Pick<ScanProgress, "notRead"> = {},
): void {
  const places = placeCounter.places();
  const { scanId } = writer;
  request.onProgress?.({ ...progress, places, scanId, cloud, account, region, ...ended });
}
