import { describe, expect, test } from "vitest";
import { AppError } from "../errors.ts";
import { createCatalogue } from "../resource-type.ts";
import { narrowScope, type ScopeRequest } from "./narrow.ts";

const type = (
  cloud: "aws" | "azure" | "gcp",
  id: string,
  category: "virtual_machine" | "queue",
) => ({
  cloud,
  id,
  category,
  billable: true,
  taggable: true,
});
const CATALOGUE = createCatalogue([
  type("aws", "ec2:instance", "virtual_machine"),
  type("aws", "sqs:queue", "queue"),
  type("azure", "Microsoft.Compute/virtualMachines", "virtual_machine"),
  type("gcp", "compute.googleapis.com/Instance", "virtual_machine"),
]);
const CLOUDS = [
  { cloud: "aws", regions: ["eu-west-1", "us-east-1", "global"] },
  { cloud: "azure", regions: ["westeurope", "global"] },
  { cloud: "gcp", regions: ["europe-west1", "global"] },
] as const;
const SUBSCRIPTION = "8A9D1257-7F97-4523-837F-D74294970000";
const ALL: ScopeRequest = { clouds: [], accounts: [], regions: [], resourceTypes: [] };

const narrow = (request: Partial<ScopeRequest>) =>
  narrowScope({ ...ALL, ...request }, CLOUDS, CATALOGUE);
const cloudsOf = (request: Partial<ScopeRequest>) => [...narrow(request).perCloud.keys()];
const refusal = (request: Partial<ScopeRequest>): AppError => {
  try {
    narrow(request);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
};

describe("a request is split over the clouds it names something of", () => {
  test.each<[string, Partial<ScopeRequest>, string[]]>([
    ["nothing named: all configured", {}, ["aws", "azure", "gcp"]],
    ["clouds", { clouds: ["gcp"] }, ["gcp"]],
    ["an AWS account", { accounts: ["123456789012"] }, ["aws"]],
    ["a subscription in any case", { accounts: [SUBSCRIPTION] }, ["azure"]],
    ["a project", { accounts: ["payments-prod-1"] }, ["gcp"]],
    ["regions of two clouds", { regions: ["eu-west-1", "westeurope"] }, ["aws", "azure"]],
    ["a native type", { resourceTypes: ["sqs:queue"] }, ["aws"]],
    ["a category", { resourceTypes: ["virtual_machine"] }, ["aws", "azure", "gcp"]],
    ["all", { resourceTypes: ["all"] }, ["aws", "azure", "gcp"]],
  ])("%s", (_, request, expected) => {
    expect(cloudsOf(request)).toEqual(expected);
  });

  test("each cloud is asked only for its own regions, types and accounts", () => {
    const { perCloud, scope } = narrow({
      regions: ["eu-west-1", "westeurope"],
      resourceTypes: ["virtual_machine"],
      accounts: ["123456789012", SUBSCRIPTION],
    });
    expect(perCloud.get("azure")).toEqual({
      clouds: ["azure"],
      accounts: [SUBSCRIPTION.toLowerCase()],
      regions: ["westeurope"],
      resourceTypes: ["Microsoft.Compute/virtualMachines"],
    });
    expect(scope.clouds).toEqual(["aws", "azure"]);
  });
});

describe("what does not exist is an error, never an empty answer", () => {
  test("a region nobody has, with near matches", () => {
    const error = refusal({ regions: ["eu-west-1", "westeurop"] });
    expect(error.issues.map(({ path }) => path)).toEqual(["regions[1]"]);
    expect(error.hint).toContain("westeurope");
  });

  test("accounts and regions wrong together are reported together", () => {
    const error = refusal({ accounts: ["?"], regions: ["mars-1"] });
    expect(error.issues.map(({ path }) => path)).toEqual(["accounts[0]", "regions[0]"]);
  });

  test("an unknown type, with near matches", () => {
    expect(refusal({ resourceTypes: ["ec2:instances"] }).hint).toContain("ec2:instance");
  });

  test("filters that no cloud shares", () => {
    const error = refusal({ accounts: ["123456789012"], regions: ["westeurope"] });
    expect(error.message).toContain("no cloud in common");
  });

  test("a cloud that is not configured, and none at all", () => {
    const [aws] = CLOUDS;
    const only =
      (request: Partial<ScopeRequest>, configured: readonly (typeof CLOUDS)[number][]) => () =>
        narrowScope({ ...ALL, ...request }, configured, CATALOGUE);
    expect(only({ clouds: ["gcp"] }, [aws])).toThrowError("Not configured: gcp");
    expect(only({}, [])).toThrowError("No cloud is configured");
  });
});
