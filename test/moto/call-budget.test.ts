import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askAbout,
  countKinds,
  type Counts,
  expectedOf,
  plantEstate,
  type PlantedEstate,
  seederMissing,
} from "./planted-estate.ts";

const COUNTS: Counts = {
  "ec2:instance": 100,
  "s3:bucket": 20,
  "lambda:function": 60,
  "sqs:queue": 40,
  "rds:db": 20,
  "sns:topic": 120,
  "dynamodb:table": 20,
  "logs:log-group": 60,
};

/** Resources of one page of each type's list, as its API reference has it. */
const PAGE: Counts = {
  "ec2:instance": 1000,
  "s3:bucket": 10_000,
  "lambda:function": 50,
  "sqs:queue": 1000,
  "rds:db": 100,
  "sns:topic": 100,
  "dynamodb:table": 100,
  "logs:log-group": 50,
};

/** Types whose list has no tags: the tagging API is asked. */
const JOINED = [
  "s3:bucket",
  "lambda:function",
  "sqs:queue",
  "sns:topic",
  "dynamodb:table",
  "logs:log-group",
] as const;

/** Who we are, which Regions there are, whether there is an index. */
const PLANNING = 3;

/**
 * One call a page of every list; for each joined type one by ARN, which moto does not heed, and then its
 * pages of 100 to 500 tags, some 4 a resource; and two Regions' lists of buckets, as moto's list of all
 * names no Region and the second proves the first.
 */
function budgetFor(counts: Counts): number {
  const types = Object.keys(PAGE) as (keyof Counts)[];
  const lists = types.reduce((sum, type) => sum + Math.ceil(counts[type] / PAGE[type]), 0);
  const joins = JOINED.reduce((sum, type) => sum + 1 + Math.ceil((counts[type] * 4) / 100), 0);
  return PLANNING + lists + joins + 2;
}

describe.skipIf(seederMissing !== undefined)(
  `a question about eight types of one account ${seederMissing ?? ""}`,
  () => {
    let estate: PlantedEstate;
    let subject: Awaited<ReturnType<typeof askAbout>>;
    beforeAll(async () => {
      estate = await plantEstate(COUNTS);
      subject = await askAbout(estate);
    }, 120_000);
    afterAll(async () => {
      await subject.close();
      await estate.close();
    });

    test("counts exactly what was planted, within the budget of calls; a second asks for nothing", async () => {
      const expected = expectedOf(estate.truth);
      const first = await subject.ask();
      expect(first.result.coverage).toMatchObject({ complete: true, problems: [] });
      expect(first.result.counts).toEqual({
        compliant: expected.compliant,
        non_compliant: expected.non_compliant,
        exempt: 0,
        unknown: 0,
        out_of_scope: 0,
      });
      expect(countKinds(first.result)).toEqual(expected.byKind);
      for (const [resourceType, count] of Object.entries(COUNTS))
        expect(
          first.result.breakdown
            .filter((row) => row.resourceType === resourceType)
            .reduce((sum, { counts }) => sum + counts.compliant + counts.non_compliant, 0),
        ).toBe(count);
      expect(first.calls).toBeLessThanOrEqual(budgetFor(COUNTS));

      const everywhere = await askAbout(estate, []);
      const all = await everywhere.ask();
      await everywhere.close();
      expect(all.result.counts).toEqual(first.result.counts);
      expect(all.result.coverage.complete).toBe(true);
      // One list a Region and type more: none of moto's Regions may be left out unseen.
      const otherRegions = all.result.coverage.cellsTotal - first.result.coverage.cellsTotal;
      expect(all.calls).toBeLessThanOrEqual(first.calls + otherRegions);

      const second = await subject.ask();
      expect(second.calls).toBe(0);
      expect(second.result.scanned).toBe(false);
      expect(second.result.counts).toEqual(first.result.counts);
    }, 120_000);
  },
);
