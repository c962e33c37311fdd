import { z } from "zod";
import type { Cloud } from "../cloud.ts";
import { AppError, type Issue } from "../errors.ts";
import { toIssues } from "../source/schema-issues.ts";
import { nativeTypeOf } from "./native-types.ts";
import { type PlannedTags, plannedTags } from "./planned-tags.ts";

/** What a plan does with a resource that will exist afterwards. */
export const PLAN_ACTIONS = ["create", "update", "replace", "no_op"] as const;
export type PlanAction = (typeof PLAN_ACTIONS)[number];

export interface PlannedResource {
  /** `module.app["eu"].aws_instance.web[0]` */
  readonly address: string;
  readonly cloud: Cloud;
  readonly terraformType: string;
  readonly name: string;
  readonly action: PlanAction;
  /** The native type, or the Terraform type where that is not known. */
  readonly type: string;
  /** Undefined when the resource has nowhere to put tags. */
  readonly tags: PlannedTags | undefined;
}

export interface TerraformPlan {
  readonly terraformVersion: string;
  readonly resources: readonly PlannedResource[];
  /** Resources of other providers, destroyed ones and data sources: not judged. */
  readonly skipped: number;
}

const Attributes = z.record(z.string(), z.unknown()).nullish();
/** A mark for a whole object is `true`, for parts of it a tree. */
const Marks = z.union([z.boolean(), Attributes]);

/** developer.hashicorp.com/terraform/internals/json-format, "Plan Representation", as far as tags need it. */
const PlanDocument = z.object({
  format_version: z
    .string()
    .regex(/^1\./, "Only format_version 1 is known; Terraform 1.0 and newer write it."),
  terraform_version: z.string().default("unknown"),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        mode: z.string().default("managed"),
        type: z.string(),
        name: z.string(),
        provider_name: z.string().default(""),
        change: z.object({
          actions: z.array(z.string()),
          after: Attributes,
          after_unknown: Marks,
          after_sensitive: Marks,
        }),
      }),
    )
    .default([]),
});
type ResourceChange = z.output<typeof PlanDocument>["resource_changes"][number];

/**
 * Reads what `terraform show -json PLANFILE` prints.
 * @throws {AppError} `invalid_input` with every fault, when the text is not such a plan.
 */
export function readPlan(text: string): TerraformPlan {
  const parsed = PlanDocument.safeParse(parseJson(text));
  if (!parsed.success) throw notAPlan(toIssues(parsed.error.issues, new Map()));
  const { resource_changes: changes, terraform_version: terraformVersion } = parsed.data;
  const resources = changes.flatMap(plannedResource);
  return { terraformVersion, resources, skipped: changes.length - resources.length };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAPlan([{ path: "", message: "The text is not valid JSON." }]);
  }
}

function notAPlan(issues: readonly Issue[]): AppError {
  return new AppError("invalid_input", "This is not a Terraform plan in JSON.", {
    hint: "Make it with: terraform plan -out plan.bin && terraform show -json plan.bin > plan.json",
    issues,
  });
}

function plannedResource(change: ResourceChange): readonly PlannedResource[] {
  const cloud = cloudOf(change.provider_name, change.type);
  const action = actionOf(change.change.actions);
  if (change.mode !== "managed" || cloud === undefined || action === undefined) return [];
  const after = change.change.after ?? {};
  return [
    {
      address: change.address,
      cloud,
      terraformType: change.type,
      name: change.name,
      action,
      type: nativeTypeOf(change.type, after) ?? change.type,
      tags: plannedTags(cloud, change.type, {
        after,
        afterUnknown: treeOf(change.change.after_unknown),
        afterSensitive: treeOf(change.change.after_sensitive),
      }),
    },
  ];
}

function treeOf(marks: ResourceChange["change"]["after_unknown"]): Record<string, unknown> {
  return typeof marks === "object" && marks !== null ? marks : {};
}

const PROVIDERS: Readonly<Record<string, Cloud>> = {
  aws: "aws",
  awscc: "aws",
  azurerm: "azure",
  azapi: "azure",
  google: "gcp",
  "google-beta": "gcp",
};

/** `registry.terraform.io/hashicorp/aws`; the type's prefix where the provider is not named. */
function cloudOf(provider: string, type: string): Cloud | undefined {
  const name = provider === "" ? type.split("_")[0] : provider.split("/").at(-1);
  return name !== undefined && Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
}

/** Undefined for what will not exist, and for reads. */
function actionOf(actions: readonly string[]): PlanAction | undefined {
  if (actions.includes("create")) return actions.includes("delete") ? "replace" : "create";
  if (actions.includes("update")) return "update";
  return actions.includes("no-op") ? "no_op" : undefined;
}
