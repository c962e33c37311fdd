import { describe, expect, test } from "vitest";
import { CATEGORIES } from "../../domain/resource-type.ts";
import { AWS_RESOURCE_TYPES, findType, NATIVE_TYPES } from "./resource-types.ts";

describe("the catalogue of AWS types", () => {
  test("names each type once, as `service:resource`", () => {
    const ids = AWS_RESOURCE_TYPES.map(({ id }) => id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z\d-]+:[a-z\d-]+(?:\/[a-z]+)?$/);
  });

  test("uses only known categories", () => {
    const unknown = AWS_RESOURCE_TYPES.filter(({ category }) => !CATEGORIES.includes(category));
    expect(unknown).toEqual([]);
  });

  // GetResources: "The string for each service name and resource type is the same as that embedded in
  // a resource's ARN"; where the ARN embeds no type there is only the service.
  test.each([
    ["ec2:instance", "ec2:instance"],
    ["elasticloadbalancing:loadbalancer/app", "elasticloadbalancing:loadbalancer"],
    ["sqs:queue", "sqs"],
    ["s3:bucket", "s3"],
    ["iam:role", null],
  ])("%s is asked of the tagging API as %s", (id, filter) => {
    expect(findType(id)?.taggingFilter).toBe(filter);
  });

  test("finds ids whatever their case, and every native type", () => {
    expect(findType("EC2:Instance")?.id).toBe("ec2:instance");
    expect(findType("ec2:unicorn")).toBeUndefined();
    for (const { facts } of NATIVE_TYPES) expect(findType(facts.id)).toBe(facts);
  });
});
