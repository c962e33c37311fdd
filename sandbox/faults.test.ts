import { describe, expect, test } from "vitest";
import { createFaultPlan, type FaultRule, type SandboxCall } from "./faults.ts";

const CALL: SandboxCall = {
  cloud: "aws",
  service: "tagging",
  operation: "GetResources",
  account: "111111111111",
  region: "us-east-1",
};

describe("which calls a rule meets", () => {
  test.each<[string, Partial<FaultRule>, boolean]>([
    ["no field", {}, true],
    ["one field", { service: "tagging" }, true],
    ["every field", CALL, true],
    ["another cloud", { cloud: "gcp" }, false],
    ["another service", { service: "ec2" }, false],
    ["another operation", { operation: "GetTagKeys" }, false],
    ["another account", { account: "222222222222" }, false],
    ["the same account in another region", { account: CALL.account, region: "eu-west-1" }, false],
  ])("%s", (_, rule, meets) => {
    expect(createFaultPlan([{ kind: "deny", ...rule }]).decide(CALL)).toBe(
      meets ? "deny" : undefined,
    );
  });
});

describe("when a rule is in force", () => {
  const decisions = (
    rules: readonly FaultRule[],
    calls: number,
  ): readonly (string | undefined)[] => {
    const plan = createFaultPlan(rules);
    return Array.from({ length: calls }, () => plan.decide(CALL));
  };

  test("after some calls, for some calls", () => {
    expect(decisions([{ kind: "throttle", after: 1, times: 2 }], 5)).toEqual([
      undefined,
      "throttle",
      "throttle",
      undefined,
      undefined,
    ]);
  });

  test("the first rule that is in force wins; one that is over lets the next one see the call", () => {
    const rules: FaultRule[] = [
      { kind: "throttle", times: 1 },
      { kind: "deny", after: 1 },
    ];
    expect(decisions(rules, 3)).toEqual(["throttle", undefined, "deny"]);
  });

  test("only matching calls count", () => {
    const plan = createFaultPlan([{ kind: "deny", service: "tagging", times: 1 }]);
    plan.decide({ ...CALL, service: "ec2" });
    expect(plan.decide(CALL)).toBe("deny");
  });

  test("replacing the rules forgets the counts", () => {
    const rules: FaultRule[] = [{ kind: "deny", times: 1 }];
    const plan = createFaultPlan(rules);
    expect(plan.decide(CALL)).toBe("deny");
    expect(plan.decide(CALL)).toBeUndefined();
    plan.replace(rules);
    expect(plan.decide(CALL)).toBe("deny");
    plan.replace([]);
    expect(plan.decide(CALL)).toBeUndefined();
  });
});
