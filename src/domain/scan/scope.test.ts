import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOUDS } from "../cloud.ts";
import { EVERYTHING, type Scope, scopeCovers, scopeKey } from "./scope.ts";

const some = (values: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...values]);
const anyScope: fc.Arbitrary<Scope> = fc.record({
  clouds: fc.subarray([...CLOUDS]),
  accounts: some(["a", "b", "c"]),
  regions: some(["r", "s"]),
  resourceTypes: some(["t", "u"]),
});

test("everything covers any scope, and any scope covers itself", () => {
  fc.assert(
    fc.property(anyScope, (scope) => {
      expect(scopeCovers(EVERYTHING, scope)).toBe(true);
      expect(scopeCovers(scope, scope)).toBe(true);
    }),
  );
});

test("covering is transitive", () => {
  fc.assert(
    fc.property(anyScope, anyScope, anyScope, (a, b, c) => {
      const chained = scopeCovers(a, b) && scopeCovers(b, c);
      expect(!chained || scopeCovers(a, c)).toBe(true);
    }),
  );
});

test("scopes that cover each other have one key, whatever the order of their lists", () => {
  fc.assert(
    fc.property(anyScope, (scope) => {
      const turned = { ...scope, accounts: scope.accounts.toReversed() };
      expect(scopeKey(turned)).toBe(scopeKey(scope));
    }),
  );
  fc.assert(
    fc.property(anyScope, anyScope, (a, b) => {
      const same = scopeCovers(a, b) && scopeCovers(b, a);
      expect(scopeKey(a) === scopeKey(b)).toBe(same);
    }),
  );
});

test("a narrow scan does not cover a wide question", () => {
  expect(scopeCovers({ ...EVERYTHING, regions: ["r"] }, EVERYTHING)).toBe(false);
});
