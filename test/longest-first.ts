import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Where tests start whole programs and servers: begun last, the longest of them would run alone. */
const LONGEST = [
  "/test/e2e/faults.test.ts",
  "/test/conformance/",
  "/test/storage/",
  "/test/safety/planted-secrets.test.ts",
  "/test/policy/properties.test.ts",
  "/test/e2e/",
  "/test/history/",
  "/test/moto/",
];

/** Runs files of which the tests take longest first; on a fresh machine Vitest has no times to go by. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a method of the sequencer, not of an array
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((part) => moduleId.includes(part));
  return rank === -1 ? LONGEST.length : rank;
}
