import fc from "fast-check";
import { CLOUDS } from "../../src/domain/cloud.ts";
import type { Resource, Tag } from "../../src/domain/resource.ts";
import { VM_OF } from "./fixtures.ts";

/** Small pools, so that rules and tags meet often. */
const NAMES = ["Alpha", "Beta", "Gamma", "delta"] as const;
const VALUES = ["red", "Red", "green", "greeen", "blue-1", "", " ", "x9"] as const;

const value = fc.constantFrom(...VALUES);
const name = fc.constantFrom(...NAMES);
const severity = fc.constantFrom("error", "warning");

const when = fc.oneof(
  fc.record({ tag: name, equals: value }),
  fc.record({ tag: name, in: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ tag: name, not_in: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ tag: name, present: fc.boolean() }),
);

const scope = fc.constantFrom<unknown>(
  [],
  ["ec2:instance"],
  Object.values(VM_OF),
  { aws: [] },
  { azure: [], gcp: ["compute.googleapis.com/Instance"] },
  ["rds:db"],
);

const tagRule = fc.record(
  {
    name,
    allowed_values: fc.uniqueArray(
      fc.constantFrom("red", "green", "blue-*", "*9", "", "x*x", "Red"),
      { minLength: 1, maxLength: 3 },
    ),
    validation_regex: fc.constantFrom("[a-z]+", "red|re", "[a-z]+-[0-9]", ".*"),
    applies_to: scope,
    severity,
    aliases: fc.subarray(["al", "alpha", "BETA", "Gamma"]),
    value_map: fc.constantFrom({ gcp: { red: "x9" } }, { aws: { green: "blue-1" } }),
    case_sensitive: fc.boolean(),
    when,
  },
  { requiredKeys: ["name"] },
);

/** Sound policies of every form, as plain data. */
export const policyData = fc.record(
  {
    version: fc.constant("2.0"),
    required_tags: fc.array(tagRule, { maxLength: 4 }),
    optional_tags: fc.array(tagRule, { maxLength: 3 }),
    prohibited_tags: fc.array(fc.record({ name: fc.constantFrom("Temp", "Alpha"), severity }), {
      maxLength: 2,
    }),
    tag_naming_rules: fc.record(
      { case_sensitivity: fc.boolean(), max_tags: fc.constantFrom(2, 5, 50), severity },
      { requiredKeys: ["case_sensitivity"] },
    ),
  },
  { requiredKeys: ["version", "required_tags"] },
);

const key = fc.constantFrom(
  ...NAMES,
  ...NAMES.map((one) => one.toLowerCase()),
  ..."ALPHA al AL Temp temp TEMP aws:x hidden-y goog-z Alhpa other".split(" "),
);

/** Tags with keys that differ, as every cloud guarantees. */
export const tagSet: fc.Arbitrary<Tag[]> = fc.uniqueArray(fc.record({ key, value }), {
  selector: (tag) => tag.key,
  maxLength: 7,
});

export const resource: fc.Arbitrary<Resource> = fc
  .record({ cloud: fc.constantFrom(...CLOUDS), tags: tagSet, isDatabase: fc.boolean() })
  .map(({ cloud, tags, isDatabase }) => ({
    cloud,
    account: "1",
    region: "r",
    type: isDatabase ? "rds:db" : VM_OF[cloud],
    id: "id",
    tags,
    createdAt: null,
  }));
