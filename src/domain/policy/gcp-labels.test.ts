import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gcpLabelKey, isGcpLabelKey, isGcpLabelValue } from "./gcp-labels.ts";

describe("gcpLabelKey", () => {
  it.each([
    ["CostCenter", "cost_center"],
    ["cost-center", "cost_center"],
    ["COST_CENTER", "cost_center"],
    ["Cost Center", "cost_center"],
    ["cost.center/code", "cost_center_code"],
    ["AWSAccountID", "aws_account_id"],
    ["2ndOwner", "k_2nd_owner"],
    ["Größe", "größe"],
    ["环境", "环境"],
    ["!!!", null],
    ["", null],
    ["a".repeat(63), "a".repeat(63)],
    // never shortened, and no letter is dropped
    ["a".repeat(64), null],
    ["é".repeat(64), null],
    ["Cost\u{1D400}Center", null],
    ["x\u02B0", null],
  ])("%j gives %j", (name, key) => {
    expect(gcpLabelKey(name)).toBe(key);
  });
});

const ORACLE = new URL(
  "../../../../shared/data/recorded/gcp/spanner-emulator/label-oracle.json",
  import.meta.url,
);
interface Oracle {
  readonly cases: readonly {
    readonly key: string;
    readonly value: string;
    readonly accepted: boolean;
  }[];
}

describe.skipIf(!existsSync(ORACLE))(
  "Google's own answers (shared/data/recorded/gcp/spanner-emulator must be beside the repository)",
  () => {
    const { cases }: Oracle = existsSync(ORACLE)
      ? JSON.parse(readFileSync(ORACLE, "utf8"))
      : { cases: [] };
    // One rule of Google's is kept stricter here: some services also limit a label to 128 bytes.
    const bytes = (text: string): number => new TextEncoder().encode(text).length;
    const short = cases.filter(({ key, value }) => bytes(key) <= 128 && bytes(value) <= 128);

    it("are all there", () => {
      expect(cases).toHaveLength(641);
      expect(short.length).toBeGreaterThan(600);
    });

    it("agree with what we take for a label", () => {
      const wrong = short.filter(
        ({ key, value, accepted }) => (isGcpLabelKey(key) && isGcpLabelValue(value)) !== accepted,
      );
      expect(wrong).toEqual([]);
    });

    it("never refuse what we accept", () => {
      const refused = cases.filter(
        ({ key, value, accepted }) => isGcpLabelKey(key) && isGcpLabelValue(value) && !accepted,
      );
      expect(refused).toEqual([]);
    });

    it("accept every key that a refused key maps to, where it was asked", () => {
      const answers = new Map(
        cases.filter(({ value }) => value === "x").map(({ key, accepted }) => [key, accepted]),
      );
      const mapped = cases.flatMap(({ key }) => gcpLabelKey(key) ?? []);
      expect(mapped.length).toBeGreaterThan(300);
      expect(mapped.filter((key) => !isGcpLabelKey(key))).toEqual([]);
      expect(mapped.filter((key) => answers.get(key) === false)).toEqual([]);
    });
  },
);
