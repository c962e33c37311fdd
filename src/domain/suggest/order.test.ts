import { expect, test } from "vitest";
import type { Resource } from "../resource.ts";
import { inOrderOfAge } from "./order.ts";

const resource = (id: string, createdAt: string | null): Resource => ({
  cloud: "aws",
  account: "1",
  region: "r",
  type: "t",
  id,
  tags: [],
  createdAt,
});

test("dated resources come oldest first; undated ones are spread evenly among them", () => {
  const dated = Array.from({ length: 500 }, (_, index) =>
    resource(`dated-${index}`, new Date(index * 86_400_000).toISOString()),
  );
  const undated = Array.from({ length: 500 }, (_, index) => resource(`undated-${index}`, null));
  const ordered = inOrderOfAge([...undated, ...dated.toReversed()]);
  expect(ordered.filter(({ createdAt }) => createdAt !== null)).toEqual(dated);
  const early = ordered.slice(0, 500).filter(({ createdAt }) => createdAt === null).length;
  expect(early).toBeGreaterThan(200);
  expect(early).toBeLessThan(300);
  // Neighbours by number are not neighbours in order.
  const first = ordered.filter(({ createdAt }) => createdAt === null).slice(0, 100);
  const low = first.filter(({ id }) => Number(id.split("-")[1]) < 250).length;
  expect(low).toBeGreaterThan(25);
  expect(low).toBeLessThan(75);
});
