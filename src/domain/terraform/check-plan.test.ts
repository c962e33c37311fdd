import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../../compose.ts";
import { compilePolicy } from "../policy/compile.ts";
import { parsePolicy } from "../policy/parse.ts";
import { checkPlan, type PlanCheck } from "./check-plan.ts";
import { nativeTypeOf, NATIVE_TYPES } from "./native-types.ts";
import { readPlan } from "./plan.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const POLICY = `
version: "2.0"
required_tags:
  - name: Owner
  - name: Environment
    aliases: [env]
    allowed_values: [production, staging, development]
  - name: CostCenter
    applies_to: [database]
`;

const judge = compilePolicy(
  parsePolicy(POLICY, { catalogue: CATALOGUE, atMs: 0, sha256 }),
  CATALOGUE,
);

interface Change {
  readonly type?: string;
  readonly provider?: string;
  readonly mode?: string;
  readonly actions?: readonly string[];
  readonly after?: object | null;
  readonly unknown?: object;
  readonly sensitive?: object;
}

/** A plan in the documented form (developer.hashicorp.com/terraform/internals/json-format). */
function plan(...changes: readonly Change[]): string {
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.13.4",
    resource_changes: changes.map((change, index) => {
      const type = change.type ?? "aws_instance";
      return {
        address: `module.app[${index}].${type}.this`,
        module_address: `module.app[${index}]`,
        mode: change.mode ?? "managed",
        type,
        name: "this",
        provider_name: change.provider ?? "registry.terraform.io/hashicorp/aws",
        change: {
          actions: change.actions ?? ["create"],
          before: null,
          after: change.after ?? null,
          after_unknown: change.unknown ?? { id: true, tags: {}, tags_all: {} },
          before_sensitive: false,
          after_sensitive: change.sensitive ?? { tags: {}, tags_all: {} },
        },
      };
    }),
  });
}

function check(change: Change, unchanged = false): PlanCheck {
  return checkPlan(judge, readPlan(plan(change)), { unchanged, atMs: 0 });
}

const both = (tags: object): object => ({ tags, tags_all: tags });

/** `[verdict, kinds of violations, tags that are unknown at plan]` */
function outcome(change: Change): readonly unknown[] {
  const [resource] = check(change).resources;
  return [
    resource?.verdict,
    resource?.violations.map(({ kind, tag }) => `${kind} ${tag}`),
    resource?.unknownAtPlan,
  ];
}

const GOOD = { Owner: "a@b.c", Environment: "production" };

describe("a planned resource", () => {
  test.each<[string, Change, readonly unknown[]]>([
    ["with all tags", { after: both(GOOD) }, ["compliant", [], []]],
    [
      "with default_tags of the provider",
      { after: { tags: { Owner: "a@b.c" }, tags_all: GOOD } },
      ["compliant", [], []],
    ],
    [
      "without tags",
      { after: { tags: null, tags_all: {} } },
      ["non_compliant", ["missing_required_tag Owner", "missing_required_tag Environment"], []],
    ],
    [
      "with a wrong value",
      { after: both({ ...GOOD, Environment: "prd" }) },
      ["non_compliant", ["invalid_value Environment"], []],
    ],
    [
      "with one value that is known after apply",
      { after: both({ Owner: "a@b.c" }), unknown: { tags_all: { Environment: true } } },
      ["unknown", [], ["Environment"]],
    ],
    [
      "with a free value that is known after apply",
      {
        after: both({ Environment: "production" }),
        unknown: { tags_all: { Owner: true } },
      },
      ["compliant", [], []],
    ],
    [
      "with all tags known after apply",
      { after: {}, unknown: { tags_all: true, tags: true } },
      ["unknown", [], ["Owner", "Environment"]],
    ],
    [
      "whose default_tags are known after apply: what it sets itself is judged all the same",
      { after: { tags: { Environment: "prd" } }, unknown: { tags_all: true, tags: {} } },
      ["non_compliant", ["invalid_value Environment"], ["Owner"]],
    ],
    [
      "of a category with a rule of its own",
      { type: "aws_db_instance", after: both(GOOD) },
      ["non_compliant", ["missing_required_tag CostCenter"], []],
    ],
    [
      "that takes no tags",
      { type: "aws_iam_role_policy", after: { policy: "{}" }, unknown: { id: true } },
      ["not_taggable", [], []],
    ],
    [
      "with tags as blocks",
      {
        type: "aws_autoscaling_group",
        after: {
          tag: [
            { key: "Owner", value: "x", propagate_at_launch: true },
            { key: "Environment", value: "staging", propagate_at_launch: true },
          ],
        },
        unknown: { tag: [{}, {}] },
      },
      ["compliant", [], []],
    ],
    [
      "of the Cloud Control provider",
      {
        type: "awscc_s3_bucket",
        provider: "registry.terraform.io/hashicorp/awscc",
        after: { tags: [{ key: "Owner", value: "x" }, { key: "Environment" }] },
        unknown: { tags: [{}, { value: true }] },
      },
      ["unknown", [], ["Environment"]],
    ],
    [
      "of Azure",
      {
        type: "azurerm_linux_virtual_machine",
        provider: "registry.terraform.io/hashicorp/azurerm",
        after: { tags: { owner: "x", Environment: "staging" } },
        unknown: { tags: {} },
      },
      ["compliant", [], []],
    ],
    [
      "of Google Cloud, with default_labels",
      {
        type: "google_storage_bucket",
        provider: "registry.terraform.io/hashicorp/google",
        after: { labels: null, effective_labels: { owner: "x", environment: "staging" } },
        unknown: { effective_labels: {} },
      },
      ["compliant", [], []],
    ],
    [
      "of Cloud SQL, whose labels are in its settings",
      {
        type: "google_sql_database_instance",
        provider: "registry.terraform.io/hashicorp/google-beta",
        after: { settings: [{ user_labels: { owner: "x", environment: "staging" } }] },
        unknown: { settings: [{ user_labels: {} }] },
      },
      ["non_compliant", ["missing_required_tag CostCenter"], []],
    ],
  ])("%s", (_, change, expected) => {
    expect(outcome(change)).toEqual(expected);
  });

  test("shows no value that is marked as sensitive", () => {
    const secret = check({
      after: both({ ...GOOD, Environment: "prodution" }),
      sensitive: { tags_all: { Environment: true } },
    });
    expect(secret.resources[0]?.violations[0]).toMatchObject({
      kind: "value_variant",
      actual: "(sensitive)",
      suggestion: null,
    });
    expect(JSON.stringify(secret)).not.toContain("prodution");
  });
});

describe("a plan", () => {
  test("counts what it does not judge, and has no score when nothing was", () => {
    const result = checkPlan(
      judge,
      readPlan(
        plan(
          { actions: ["delete"], after: null },
          { mode: "data", actions: ["read"] },
          { type: "random_pet", provider: "registry.terraform.io/hashicorp/random" },
          { actions: ["no-op"], after: both({}) },
        ),
      ),
      { unchanged: false, atMs: 0 },
    );
    expect(result).toMatchObject({ skipped: 3, score: null, resources: [] });
  });

  test("judges what stays as it is only when asked", () => {
    const untouched = { actions: ["no-op"], after: both(GOOD) };
    expect(check(untouched).resources).toEqual([]);
    expect(check(untouched, true).counts.compliant).toBe(1);
  });

  test("tells replacement from update", () => {
    const actions = [["create"], ["update"], ["delete", "create"], ["create", "delete"]];
    const { resources } = readPlan(
      plan(...actions.map((names) => ({ actions: names, after: {} }))),
    );
    expect(resources.map(({ action }) => action)).toEqual([
      "create",
      "update",
      "replace",
      "replace",
    ]);
  });

  test.each(["", "{", "PK\u{3}\u{4}binary", "[]", '{"format_version":"0.1"}', '{"a":1}'])(
    "is not %j, and the error says how to make one",
    (text) => {
      expect(() => readPlan(text)).toThrowError(
        expect.objectContaining({
          code: "invalid_input",
          hint: expect.stringContaining("terraform show -json") as unknown,
        }),
      );
    },
  );
});

describe("native types", () => {
  test.each([...NATIVE_TYPES])("%s makes %s, which the catalogue knows", (_, native) => {
    const known = CATALOGUE.all.find(({ id }) => id === native);
    expect(known?.taggable).toBe(true);
  });

  test("may depend on an attribute", () => {
    expect(nativeTypeOf("aws_lb", { load_balancer_type: "network" })).toBe(
      "elasticloadbalancing:loadbalancer/net",
    );
    expect(nativeTypeOf("aws_lb", {})).toBe("elasticloadbalancing:loadbalancer/app");
    expect(nativeTypeOf("azapi_resource", { type: "Microsoft.Compute/disks@2024-03-02" })).toBe(
      "Microsoft.Compute/disks",
    );
  });
});
