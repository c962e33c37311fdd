import { BoundedMemo } from "./bounded-memo.ts";
import type { Condition } from "./schema.ts";

/**
 * Does a condition hold for the canonical value of its tag? `null`: the tag is absent.
 * @param fold makes values equal that are the same to the tag's own rule.
 */
export function conditionTest(
  condition: Condition,
  fold: (value: string) => string,
): (value: string | null) => boolean {
  if ("present" in condition) return (value) => (value !== null) === condition.present;
  const listed = new Set(listOf(condition).map(fold));
  const wantsListed = !("not_in" in condition);
  const holds = new BoundedMemo((value) => listed.has(fold(value)) === wantsListed);
  return (value) => value !== null && holds.get(value);
}

function listOf(condition: Exclude<Condition, { present: boolean }>): readonly string[] {
  if ("equals" in condition) return [condition.equals];
  return "in" in condition ? condition.in : condition.not_in;
}
