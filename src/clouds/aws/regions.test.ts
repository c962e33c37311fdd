import { describe, expect, test } from "vitest";
import { AWS_REGIONS } from "./region-names.ts";
import { chooseRegions } from "./regions.ts";

const account = {
  enabled: ["us-east-1", "eu-west-1", "eu-south-1"],
  disabled: ["me-south-1", "af-south-1"],
  unproven: [],
};

describe("the Regions a question is about", () => {
  test("by default every enabled one and what has none; disabled ones are not mentioned", () => {
    expect(chooseRegions(account, [], [])).toEqual({
      enabled: account.enabled,
      disabled: [],
      unproven: [],
      global: true,
      all: true,
    });
  });

  test("named ones, with the disabled among them apart", () => {
    expect(chooseRegions(account, ["eu-west-1", "me-south-1", "global"], [])).toEqual({
      enabled: ["eu-west-1"],
      disabled: ["me-south-1"],
      unproven: [],
      global: true,
      all: false,
    });
  });

  test("a Region of the partition that the account was not shown cannot be enabled", () => {
    expect(chooseRegions(account, ["mx-central-1"], []).disabled).toEqual(["mx-central-1"]);
  });

  test("Regions that could not be listed stay in doubt", () => {
    const doubtful = { enabled: ["us-east-1"], disabled: [], unproven: ["me-south-1"] };
    expect(chooseRegions(doubtful, [], []).unproven).toEqual(["me-south-1"]);
    expect(chooseRegions(doubtful, ["us-east-1"], []).unproven).toEqual([]);
  });

  test("the configuration limits what can be asked", () => {
    expect(chooseRegions(account, [], ["eu-west-1"])).toMatchObject({
      enabled: ["eu-west-1"],
      global: false,
    });
    expect(() => chooseRegions(account, ["us-east-1"], ["eu-west-1"])).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  });

  test.each([
    ["us-esat-1", "us-east-1"],
    ["EU-WEST-1", "eu-west-1"],
    ["cn-north-1", "Regions are named like"],
  ])("%s is refused; the hint says %s", (asked, hint) => {
    expect(() => chooseRegions(account, ["us-east-1", asked], [])).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        hint: expect.stringContaining(hint) as string,
        issues: [{ path: "regions[1]", message: "No such AWS Region is within reach." }],
      }),
    );
  });

  test("every name this build knows is one of AWS's shape", () => {
    expect(new Set(AWS_REGIONS).size).toBe(AWS_REGIONS.length);
    for (const name of AWS_REGIONS) expect(name).toMatch(/^(?:global|[a-z]{2}(?:-[a-z]+)+-\d)$/);
  });
});
