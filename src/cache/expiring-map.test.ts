import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpiringMap } from "./expiring-map.ts";

const MINUTE = 60_000;

describe("a map whose entries end", () => {
  it("keeps no more and no heavier than it may, whatever is written: the newest", () => {
    const write = fc.record({ key: fc.integer({ max: 30, min: 0 }), weight: fc.nat({ max: 40 }) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 200 }), (writes) => {
        const map = new ExpiringMap<number>({ now: () => 0 }, { entries: 10, weight: 100 });
        for (const { key, weight } of writes) map.set(String(key), weight, { endsAtMs: 1, weight });
        const kept = Array.from({ length: 31 }, (_, key) => map.get(String(key)));
        const weights = kept.filter((weight) => weight !== undefined);
        expect(map.size).toBe(weights.length);
        expect(weights.length).toBeLessThanOrEqual(10);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(100);
        const newest = writes.at(-1);
        expect(map.get(String(newest?.key))).toBe(newest?.weight);
      }),
    );
  });

  it("reads nothing that has ended, and lets go of it at a later write", () => {
    let nowMs = 0;
    const map = new ExpiringMap<string>({ now: () => nowMs }, { entries: 1000 });
    map.set("long", "still here", { endsAtMs: 10 * MINUTE });
    for (let n = 0; n < 100; n += 1) map.set(`short ${n}`, "gone", { endsAtMs: 1000 });
    expect(map.size).toBe(101);
    nowMs = 2 * MINUTE;
    expect(map.get("short 1")).toBeUndefined();
    map.set("new", "here", { endsAtMs: 3 * MINUTE });
    expect(map.size).toBe(2);
    expect(map.get("long")).toBe("still here");
  });
});
