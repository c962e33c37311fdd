import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { ANY, type Cell } from "../domain/scan/cell.ts";
import { createPlaceCounter } from "./scan-places.ts";

const cell = (place: string, resourceType = "ec2:instance"): Cell => {
  const [cloud = "", account = ANY, region = ANY] = place.split("/");
  return { cloud: cloud as Cell["cloud"], account, region, resourceType };
};

/** `+` finds a cell, `-` ends one. */
function follow(...steps: readonly string[]) {
  const counter = createPlaceCounter();
  for (const step of steps) counter[step.startsWith("+") ? "found" : "ended"](cell(step.slice(1)));
  return counter.places();
}

describe("what is counted", () => {
  it.each([
    { of: "nothing yet", steps: [], counts: [] },
    {
      of: "Regions of one account",
      steps: ["+aws/1/eu", "+aws/1/eu", "+aws/1/us", "-aws/1/eu", "-aws/1/us"],
      counts: [{ cloud: "aws", unit: "region", done: 1, total: 2, accounts: 1 }],
    },
    {
      of: "a Region of each of two accounts",
      steps: ["+aws/1/eu", "+aws/2/eu", "-aws/1/eu"],
      counts: [{ cloud: "aws", unit: "region", done: 1, total: 2, accounts: 2 }],
    },
    {
      of: "Regions beside what is in none",
      steps: ["+aws/1", "+aws/1/eu", "-aws/1"],
      counts: [{ cloud: "aws", unit: "region", done: 0, total: 1, accounts: 1 }],
    },
    {
      of: "subscriptions and projects",
      steps: ["+azure/s1", "+azure/s2", "+gcp/p1", "-azure/s2", "-gcp/p1"],
      counts: [
        { cloud: "azure", unit: "account", done: 1, total: 2, accounts: 2 },
        { cloud: "gcp", unit: "account", done: 1, total: 1, accounts: 1 },
      ],
    },
    { of: "no place where accounts could not be listed", steps: ["+gcp", "-gcp"], counts: [] },
    {
      of: "a place that has more to read than was known",
      steps: ["+aws/1/eu", "-aws/1/eu", "+aws/1/eu"],
      counts: [{ cloud: "aws", unit: "region", done: 0, total: 1, accounts: 1 }],
    },
  ])("$of", ({ steps, counts }) => {
    expect(follow(...steps).counts).toEqual(counts);
  });
});

test("the place that was read to the end last is named, not the one whose cell was", () => {
  const steps = ["+aws/1/eu", "+aws/1/us", "+aws/1/us", "-aws/1/eu"];
  const eu = { cloud: "aws", account: "1", region: "eu" };
  expect(follow(...steps).finished).toEqual(eu);
  expect(follow(...steps, "-aws/1/us").finished).toEqual(eu);
  expect(follow(...steps, "-aws/1/us", "-aws/1/us").finished).toMatchObject({ region: "us" });
  expect(follow("+azure/s1", "-azure/s1").finished).toEqual({
    cloud: "azure",
    account: "s1",
    region: ANY,
  });
});

test("once all cells have ended, in whatever order, all places are done", () => {
  const cells = fc.array(
    fc.record({ account: fc.constantFrom("1", "2"), region: fc.constantFrom("eu", "us", "ap") }),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(cells, fc.infiniteStream(fc.nat()), (places, order) => {
      const counter = createPlaceCounter();
      const left = places.map(({ account, region }) => cell(`aws/${account}/${region}`));
      for (const one of left) counter.found(one);
      while (left.length > 0) {
        const [next] = left.splice((order.next().value ?? 0) % left.length, 1);
        const { counts } = counter.places();
        expect(counts[0]?.done).toBeLessThan(counts[0]?.total ?? 0);
        if (next !== undefined) counter.ended(next);
      }
      const [count] = counter.places().counts;
      expect(count?.done).toBe(count?.total);
    }),
  );
});
