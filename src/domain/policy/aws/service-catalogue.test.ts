import { describe, expect, test } from "vitest";
import {
  awsAcceptsTypeText,
  readTypeText,
  supportedTypes,
  type TypeField,
} from "./service-catalogue.ts";

const KINDS: readonly [string, TypeField, string][] = [
  ["ec2:instance", "enforced_for", "type"],
  ["ec2:instance", "report_required_tag_for", "type"],
  ["ec2:snapshot", "enforced_for", "type"],
  ["ec2:snapshot", "report_required_tag_for", "unknown"],
  ["rds:db", "enforced_for", "unknown"],
  ["rds:db", "report_required_tag_for", "type"],
  ["bedrock:agent", "enforced_for", "unknown"],
  ["bedrock:agent", "report_required_tag_for", "type"],
  ["ec2:ALL_SUPPORTED", "enforced_for", "all_supported"],
  ["apigateway:ALL_SUPPORTED", "enforced_for", "all_supported"],
  ["apigateway:ALL_SUPPORTED", "report_required_tag_for", "unknown"],
  ["elasticloadbalancing:ALL_SUPPORTED", "enforced_for", "unpublished"],
  ["glue:ALL_SUPPORTED", "report_required_tag_for", "unpublished"],
  ["ecs:*", "enforced_for", "retired_wildcard"],
  ["states:stateMachine", "enforced_for", "type"],
  ["EC2:instance", "enforced_for", "unknown"],
  ["ec2:all_supported", "enforced_for", "unknown"],
  ["ec2:", "enforced_for", "unknown"],
  ["ec2", "enforced_for", "unknown"],
  ["*", "report_required_tag_for", "unknown"],
  ["constructor:x", "enforced_for", "unknown"],
];

test.each(KINDS)("%s in %s is %s", (text, field, kind) => {
  expect(readTypeText(text, field).kind).toBe(kind);
});

describe("wildcards", () => {
  test("stand for every type the field supports, and for no other", () => {
    expect(readTypeText("s3:ALL_SUPPORTED", "enforced_for").types).toEqual([
      "s3:bucket",
      "s3:storage-lens",
      "s3:storage-lens-group",
    ]);
    expect(readTypeText("s3:*", "report_required_tag_for").types).toContain("s3:accesspoint");
  });

  test("a service listed on several lines is one service", () => {
    const types = readTypeText("ec2:ALL_SUPPORTED", "report_required_tag_for").types;
    expect(types).toEqual(expect.arrayContaining(["ec2:fleet", "ec2:subnet", "ec2:volume"]));
    expect(new Set(types).size).toBe(types.length);
  });

  test("an unknown text stands for itself, never for nothing", () => {
    expect(readTypeText("future:thing", "report_required_tag_for").types).toEqual(["future:thing"]);
  });
});

describe("the list itself", () => {
  test.each(["enforced_for", "report_required_tag_for"] as const)("%s is clean", (field) => {
    const types = supportedTypes(field);
    expect(types.length).toBeGreaterThan(200);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) {
      expect(type).toMatch(/^[a-z0-9-]+:[a-z0-9_/-]+$/);
    }
    expect(types.filter((type) => !awsAcceptsTypeText(type, field))).toEqual([]);
  });
});
