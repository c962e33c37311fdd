import fc from "fast-check";
import { test } from "vitest";
import { isoMoment } from "./moment.ts";

test("a moment is written as Date writes it", () => {
  const anyMoment = fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) });
  fc.assert(fc.property(anyMoment, (ms) => isoMoment(ms) === new Date(ms).toISOString()));
});
