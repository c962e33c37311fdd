import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import * as z from "zod";
import { CLOUDS } from "../../domain/cloud.ts";
import { AppError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Choice, OpenAsk } from "../../safety/intent/asks.ts";
import { isExpensive } from "../../safety/intent/estimate.ts";
import { type Ambiguity, ambiguities, everythingOption } from "../../safety/intent/options.ts";
import type { Detail, ScanEstimate, ScanQuestion } from "../../safety/intent/scan-estimate.ts";
import type { Safety } from "../../safety/safety.ts";
import { cloudsOf } from "../scope-input.ts";
import type { ParsedCall } from "./call.ts";
import {
  clarification,
  dryRunAnswer,
  elicitation,
  optionsOf,
  type Question,
  STOP,
} from "./intent-answers.ts";
import { withArguments } from "./parse-input.ts";

/** The shared arguments of every tool that may scan. */
const ScanArguments = z.object({
  cloud_provider: z.enum([...CLOUDS, "all"]),
  accounts: z.array(z.string()),
  regions: z.array(z.string()),
  resource_types: z.array(z.string()),
  max_age_minutes: z.number(),
  refresh: z.boolean(),
  store_snapshot: z.boolean().default(false),
  cursor: z.string().optional(),
});

/** What became of an intent: the call may run, perhaps with arguments that were chosen, or it was asked about. */
export type Settled =
  | { readonly kind: "run"; readonly call: ParsedCall }
  | { readonly kind: "asked"; readonly result: CallToolResult | InputRequiredResult };

export interface IntentDeps {
  readonly safety: Safety;
  readonly toolDeps: object;
  readonly clock: Clock;
}

export function isDryRun({ input }: ParsedCall): boolean {
  return input["dry_run"] === true;
}

/** @throws {AppError} what the call itself would refuse, too; `storage_unavailable` */
export async function dryRun(call: ParsedCall, deps: IntentDeps): Promise<CallToolResult> {
  const estimate = await estimateOf(call, deps, "everything");
  if (estimate === undefined)
    throw new AppError("invalid_input", "There is nothing to estimate in this call.", {
      hint: "Call without dry_run.",
    });
  return dryRunAnswer(call, estimate, deps.safety.intent);
}

/** What a call answers to an earlier question; `call` has the id of the one that was asked about. */
export type Answer =
  | { readonly kind: "confirmed"; readonly call: ParsedCall; readonly choice: string }
  | { readonly kind: "declined"; readonly call: ParsedCall };

/**
 * The answer that a call carries to a question of ours, by elicitation or as an argument. What was
 * confirmed has the arguments that were chosen.
 * @throws {AppError} `confirmation_invalid`
 */
export async function takeAnswer(call: ParsedCall, { asks }: Safety): Promise<Answer | undefined> {
  const { reply } = call.received;
  const { confirm } = call.input;
  const by = { caller: call.principal.key, tool: call.tool.name };
  if (reply !== undefined) {
    if (reply.action !== "accept" || reply.choice === STOP) {
      const { intent } = await asks.drop(reply.token, by);
      return { kind: "declined", call: { ...call, correlationId: intent } };
    }
    const taken = await asks.take(reply.token, by, ({ value }) => value === reply.choice);
    return confirmed(withArguments(call, taken.choice.arguments), taken, asks);
  }
  if (typeof confirm !== "string") return undefined;
  const taken = await asks.take(confirm, by, ({ digest }) => digest === call.argumentsDigest);
  return confirmed(call, taken, asks);
}

async function confirmed(
  call: ParsedCall,
  { ask, choice }: { readonly ask: OpenAsk; readonly choice: Choice },
  asks: Safety["asks"],
): Promise<Answer> {
  const { value } = choice;
  if (value === "everything" || value === "stored")
    await asks.remember(ask.caller, { value, resources: ask.resources });
  return { kind: "confirmed", call: { ...call, correlationId: ask.intent }, choice: value };
}

export function declined(): AppError {
  return new AppError("cancelled", "The user chose not to run this.", {
    hint: "Ask the user what they want to look at instead.",
  });
}

/** Cheap and clear calls pass; one that is known to be expensive is asked about, once. */
export async function settleIntent(call: ParsedCall, deps: IntentDeps): Promise<Settled> {
  const { intent, asks } = deps.safety;
  if (intent.ask === "never") return { kind: "run", call };
  // A scope that cannot be, or a store that does not answer: the call itself says so, and better.
  const estimate = await estimateOf(call, deps, "price").catch(() => undefined);
  if (estimate === undefined || !isExpensive(estimate, intent)) return { kind: "run", call };
  const { key } = call.principal;
  const preference = await asks.remembered(key, estimate.resources ?? 0);
  if (preference === "everything") return { kind: "run", call };
  const scans = ScanArguments.safeParse(call.input).success;
  const open = scans ? ambiguities(estimate, intent) : priceOnly(estimate);
  const stored = optionsOf(open).find(({ value }) => value === "stored");
  if (preference === "stored" && stored !== undefined)
    return { kind: "run", call: withArguments(call, stored.arguments) };
  return { kind: "asked", result: await putQuestion(call, { estimate, ambiguities: open }, deps) };
}

function priceOnly(estimate: ScanEstimate): readonly Ambiguity[] {
  return [
    {
      parameter: "confirm",
      question: "Is the answer worth its price?",
      options: [{ ...everythingOption(estimate), label: "Run it as asked" }],
    },
  ];
}

async function putQuestion(
  call: ParsedCall,
  open: Pick<Question, "estimate" | "ambiguities">,
  { safety, clock }: IntentDeps,
): Promise<CallToolResult | InputRequiredResult> {
  const token = await safety.asks.open({
    caller: call.principal.key,
    tool: call.tool.name,
    intent: call.correlationId,
    resources: open.estimate.resources ?? 0,
    choices: optionsOf(open.ambiguities).map(({ value, arguments: changes }) => ({
      value,
      arguments: changes,
      digest: withArguments(call, changes).argumentsDigest,
    })),
  });
  const question: Question = {
    ...open,
    call,
    token,
    ambiguous: isAmbiguous(call),
    expiresAtMs: clock.now() + safety.intent.confirmWithinMs,
  };
  return call.received.canElicit === true ? elicitation(question) : clarification(question);
}

/** Nothing was named that would tell what was meant. */
function isAmbiguous({ input }: ParsedCall): boolean {
  const scan = ScanArguments.safeParse(input);
  if (!scan.success) return false;
  const { accounts, regions, resource_types: types, refresh } = scan.data;
  return !refresh && accounts.length + regions.length + types.length === 0;
}

/** The tool's own estimate, else the inventory's for a tool that scans; undefined where nothing is read. */
async function estimateOf(
  { tool, input, received }: ParsedCall,
  { safety, toolDeps }: IntentDeps,
  detail: Detail,
): Promise<ScanEstimate | undefined> {
  if (tool.estimate !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `DepsFor<registry>` has what this tool asks for
    const own = await inTime(tool.estimate({ ...input }, toolDeps as never), received.signal);
    return { places: [], everywhere: [], ...own };
  }
  const scan = ScanArguments.safeParse(input);
  if (!scan.success) return undefined;
  const { data } = scan;
  const question: ScanQuestion = {
    clouds: cloudsOf(data.cloud_provider),
    accounts: data.accounts,
    regions: data.regions,
    resourceTypes: data.resource_types,
    maxAgeMinutes: data.max_age_minutes,
    refresh: data.refresh,
    storeSnapshot: data.store_snapshot,
    cursor: data.cursor,
  };
  return safety.estimateScan(question, detail);
}

/** An estimate asks no cloud: one that takes longer than this is not coming. */
const ESTIMATE_WITHIN_MS = 5_000;

/** @throws {AppError} `cancelled`, `deadline_exceeded`, and what the estimate throws */
async function inTime<T>(estimate: Promise<T>, cancelled: AbortSignal): Promise<T> {
  const late = AbortSignal.timeout(ESTIMATE_WITHIN_MS);
  const ended = AbortSignal.any([cancelled, late]);
  const end = Promise.withResolvers<never>();
  const reject = (): void =>
    end.reject(
      late.aborted
        ? new AppError("deadline_exceeded", "The estimate did not finish in time.")
        : new AppError("cancelled", "The call was cancelled by its caller."),
    );
  if (ended.aborted) reject();
  ended.addEventListener("abort", reject, { once: true });
  try {
    return await Promise.race([estimate, end.promise]);
  } finally {
    ended.removeEventListener("abort", reject);
  }
}
