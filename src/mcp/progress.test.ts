import fc from "fast-check";
import { expect, it } from "vitest";
import { createProgressReporter } from "./progress.ts";

it("sends at most two a second, strictly increasing, whatever it is told", () => {
  const updates = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 900 }), done: fc.integer({ min: 0, max: 50 }) }),
  );
  fc.assert(
    fc.property(updates, (steps) => {
      let now = 0;
      const sent: { at: number; done: number }[] = [];
      const reporter = createProgressReporter({ now: () => now }, ({ done }) =>
        sent.push({ at: now, done }),
      );
      for (const { afterMs, done } of steps) {
        now += afterMs;
        reporter.report({ done, message: "" });
      }
      expect(sent.length > 0).toBe(steps.length > 0);
      for (const [index, { at, done }] of sent.entries()) {
        const before = sent[index - 1];
        if (before === undefined) continue;
        expect(done).toBeGreaterThan(before.done);
        expect(at - before.at).toBeGreaterThanOrEqual(500);
      }
    }),
  );
});

it("says nothing after it was stopped", () => {
  const sent: number[] = [];
  const reporter = createProgressReporter({ now: () => 0 }, ({ done }) => sent.push(done));
  reporter.stop();
  reporter.report({ done: 1, message: "" });
  expect(sent).toEqual([]);
});
