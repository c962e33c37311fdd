import type { Condition } from "./schema.ts";

/** Does a condition hold for the canonical value of its tag? `null`: the tag is absent. */
export function conditionTest(
  condition: Condition,
  same: (a: string, b: string) => boolean,
): (value: string | null) => boolean {
  if ("present" in condition) return (value) => (value !== null) === condition.present;
  if ("equals" in condition) return (value) => value !== null && same(value, condition.equals);
  if ("in" in condition) {
    return (value) => value !== null && condition.in.some((wanted) => same(value, wanted));
  }
  return (value) => value !== null && !condition.not_in.some((other) => same(value, other));
}
