import type { CostGroup } from "../../domain/cost/cost-line.ts";
import type { Micros } from "../../domain/money.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CostStore } from "../../ports/cost-store.ts";
import type { CostFacts, CostRequest, CostSource } from "../../ports/costs.ts";
import { answerText, withMicros } from "./answer-text.ts";

/** One answer of a bill, and when it was given. */
export interface CostAnswer {
  readonly facts: CostFacts;
  /** Epoch milliseconds at which the provider was asked. */
  readonly readAtMs: number;
  /** It was kept from an earlier question, so asking cost nothing. */
  readonly kept: boolean;
}

export interface CostAnswersDeps {
  readonly store: Pick<CostStore, "findAnswer" | "saveAnswer">;
  readonly clock: Clock;
}

/** Groups a kept answer may have; larger ones are asked for again rather than kept. */
const MOST_KEPT = 50_000;

/**
 * Reads a provider's bill through what was kept of it: bills change a few times a day and asking costs
 * money, so equal questions within `CostSource.keepForMs` get the same answer.
 * @param refresh ask whatever is kept.
 * @throws {AppError} as `CostReading.groups`.
 */
export async function readCosts(
  { store, clock }: CostAnswersDeps,
  ask: {
    readonly source: CostSource;
    readonly request: CostRequest;
    readonly refresh: boolean;
    readonly signal: AbortSignal;
    readonly onSpent?: ((costMicros: Micros) => void) | undefined;
  },
  take: (groups: readonly CostGroup[]) => void,
): Promise<CostAnswer> {
  const { source, request, refresh, signal, onSpent } = ask;
  const key = answerKey(source, request);
  const kept = refresh ? undefined : await keptAnswer({ store, clock }, source, request);
  if (kept !== undefined) {
    take(kept.groups);
    return { facts: kept.facts, readAtMs: kept.readAtMs, kept: true };
  }
  const readAtMs = clock.now();
  const reading = source.read(request, signal, onSpent);
  let groups: CostGroup[] | null = [];
  for await (const page of reading.groups) {
    take(page);
    if (groups !== null && groups.length + page.length <= MOST_KEPT) groups.push(...page);
    else groups = null;
  }
  const facts = reading.facts();
  if (groups !== null && source.keepForMs > 0 && facts.missing.length === 0)
    await store.saveAnswer(key, answerText({ groups, facts }));
  return { facts, readAtMs, kept: false };
}

/** The answer that equal questions get for now, if there is one. */
export async function keptAnswer(
  { store, clock }: CostAnswersDeps,
  source: CostSource,
  request: CostRequest,
): Promise<(StoredText & { readonly readAtMs: number }) | undefined> {
  const notBeforeMs = clock.now() - source.keepForMs;
  const found = await store.findAnswer(answerKey(source, request), notBeforeMs);
  if (found === undefined) return undefined;
  const kept: StoredText = JSON.parse(found.text, withMicros);
  return { ...kept, readAtMs: found.storedAtMs };
}

/** Everything that decides an answer, as text. */
function answerKey({ method, cloud }: CostSource, request: CostRequest): string {
  const { period, dimensions, keys, accounts } = request;
  return JSON.stringify([method, cloud, period, dimensions, keys, accounts.toSorted()]);
}

interface StoredText {
  readonly groups: readonly CostGroup[];
  readonly facts: CostFacts;
}
