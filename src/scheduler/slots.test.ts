import { describe, expect, test } from "vitest";
import { dueSlots, slotAfter, slotAtOrBefore } from "./slots.ts";

const DAILY = { cron: "0 2 * * *", timezone: "UTC" };
const at = (text: string): number => Date.parse(text);

describe("dueSlots", () => {
  test.each([
    [
      "at the very moment",
      "2026-03-10T02:00:00Z",
      "2026-03-09T02:00:00Z",
      "2026-03-10T02:00:00Z",
      0,
    ],
    ["late", "2026-03-10T23:59:00Z", "2026-03-09T02:00:00Z", "2026-03-10T02:00:00Z", 0],
    ["not yet", "2026-03-10T01:59:59.999Z", "2026-03-09T02:00:00Z", "2026-03-09T02:00:00Z", 0],
    ["after days off", "2026-03-13T09:00:00Z", "2026-03-09T02:00:00Z", "2026-03-13T02:00:00Z", 3],
    ["with a clock that went back", "2026-03-08T09:00:00Z", "2026-03-09T02:00:00Z", null, 0],
  ])("%s", (...[, now, last, due, missed]) => {
    const slots = dueSlots(DAILY, at(last), at(now));
    expect(slots.due).toBe(due === null ? null : at(due));
    expect(slots.missed).toHaveLength(missed);
  });

  test("a first start records the slot that has passed and runs nothing", () => {
    expect(dueSlots(DAILY, null, at("2026-03-10T09:00:00Z"))).toEqual({
      due: null,
      missed: [at("2026-03-10T02:00:00Z")],
    });
  });
});

test("slots follow the time zone, over the change to summer time too", () => {
  const berlin = { cron: "30 2 * * *", timezone: "Europe/Berlin" };
  expect(slotAtOrBefore(berlin, at("2026-03-28T12:00:00Z"))).toBe(at("2026-03-28T01:30:00Z"));
  // 02:30 does not exist on 29 March: the clocks jump from 02:00 to 03:00.
  const next = slotAfter(berlin, at("2026-03-28T12:00:00Z")) ?? 0;
  expect([at("2026-03-29T01:00:00Z"), at("2026-03-29T01:30:00Z")]).toContain(next);
  expect(slotAfter(berlin, at("2026-03-29T12:00:00Z"))).toBe(at("2026-03-30T00:30:00Z"));
});
