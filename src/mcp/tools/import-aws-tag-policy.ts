import * as z from "zod";
import type { GetPolicy } from "../../app/get-policy.ts";
import type {
  ImportAwsPolicy,
  ImportAwsPolicyResult,
  ImportedAwsPolicy,
} from "../../app/policy-import/import-aws-policy.ts";
import { defineReadTool } from "../define.ts";
import { cleanText } from "../untrusted-text.ts";

const LISTED_POLICIES = 100;
const LISTED_LOSSES = 20;

const summary = z.object({ id: z.string(), name: z.string(), description: z.string() });

const output = z.object({
  outcome: z.enum(["listed", "imported"]),
  policies: z.array(summary).describe("listed only, at most 100"),
  policy_count: z.int().min(0),
  required_tags: z.array(z.string()),
  optional_tags: z.array(z.string()),
  prohibited_tags: z.array(z.string()),
  account: z.string().nullable().describe("Account whose effective policy it is"),
  saved_as: z.string().nullable().describe("File name; null = not saved"),
  changed: z.boolean().describe("false = the file held it already"),
  in_force: z.boolean().describe("Resources are judged by it from now on"),
  lossy_count: z.int().min(0),
  lossy: z
    .array(z.object({ path: z.string(), what: z.string(), why: z.string() }))
    .describe("What could not be carried over; at most 20"),
});
type Output = z.output<typeof output>;

interface Deps {
  readonly importAwsPolicy: ImportAwsPolicy;
  readonly getPolicy: GetPolicy;
}

export default defineReadTool({
  name: "import_aws_tag_policy",
  title: "Import AWS tag policy",
  description:
    "Imports (takes over, converts, saves, uses from now on) a tag policy that is maintained in AWS Organizations (the management account), or the effective one of an account; without policy_id it lists the tag policies that the organization has. Writes only a local policy file, never one that people wrote; changes nothing in AWS.",
  reachesClouds: true,
  neverExpensive: "A few requests to AWS Organizations, free of charge.",
  changesServer: true,
  input: z.strictObject({
    policy_id: z
      .string()
      .regex(
        /^(effective|p-[a-z0-9]{8,128})$/,
        'Use "effective" or an id such as p-examplepolicyid111.',
      )
      .optional()
      .describe('An id, or "effective" = what holds for an account; absent: names all policies'),
    account_id: z
      .string()
      .regex(/^\d{12}$/, "An AWS account id is 12 digits.")
      .optional()
      .describe("For effective; default: the caller's account"),
    require_enforced: z
      .boolean()
      .default(false)
      .describe("Read enforced_for as required; AWS means only: prevent wrong values"),
    save: z.boolean().default(true).describe("false = show only"),
  }),
  output,
  async run(input, { importAwsPolicy, getPolicy }: Deps, context) {
    const result = await importAwsPolicy(
      {
        policyId: input.policy_id,
        account: input.account_id,
        requireEnforced: input.require_enforced,
        save: input.save,
      },
      context.signal,
    );
    return result.kind === "list" ? listed(result) : imported(result, await getPolicy());
  },
  summarize: importText,
});

const NOTHING: Output = {
  outcome: "listed",
  policies: [],
  policy_count: 0,
  required_tags: [],
  optional_tags: [],
  prohibited_tags: [],
  account: null,
  saved_as: null,
  changed: false,
  in_force: false,
  lossy_count: 0,
  lossy: [],
};

function listed({ policies }: Extract<ImportAwsPolicyResult, { kind: "list" }>): Output {
  return {
    ...NOTHING,
    policy_count: policies.length,
    policies: policies.slice(0, LISTED_POLICIES).map(({ id, name, description }) => ({
      id: cleanText(id).text,
      name: cleanText(name).text,
      description: cleanText(description).text,
    })),
  };
}

function imported(
  { policy, lossy, account, saved }: ImportedAwsPolicy,
  now: Awaited<ReturnType<GetPolicy>>,
): Output {
  const keys = (rules: readonly { readonly name: string }[]): string[] =>
    rules.map(({ name }) => cleanText(name).text);
  return {
    ...NOTHING,
    outcome: "imported",
    required_tags: keys(policy.required_tags),
    optional_tags: keys(policy.optional_tags),
    prohibited_tags: keys(policy.prohibited_tags),
    account,
    saved_as: saved === null ? null : (saved.path.split(/[/\\]/).at(-1) ?? null),
    changed: saved?.changed ?? false,
    in_force: saved !== null && now.path === saved.path && now.lastError === null,
    lossy_count: lossy.length,
    lossy: lossy.slice(0, LISTED_LOSSES).map(({ path, what, why }) => ({
      path: cleanText(path).text,
      what,
      why,
    })),
  };
}

function importText(answer: Output): string {
  if (answer.outcome === "listed")
    return answer.policy_count === 0
      ? "The organization has no tag policy. Next: write a policy file, or keep the built-in policy."
      : `${answer.policy_count} tag policies. Next: call again with policy_id = one of the ids, or "effective" for what holds for the account.`;
  const counts = `${answer.required_tags.length} required, ${answer.optional_tags.length} optional, ${answer.prohibited_tags.length} prohibited tags`;
  return [
    `Imported: ${counts}.`,
    saveLine(answer),
    ...(answer.lossy_count > 0
      ? [`${answer.lossy_count} thing(s) could not be carried over exactly; see lossy.`]
      : []),
    answer.in_force
      ? "Next: call check_tag_compliance to see how resources fare against it."
      : "Next: call get_tagging_policy to see what is in force.",
  ].join("\n");
}

function saveLine({ saved_as: savedAs, changed, in_force: inForce }: Output): string {
  if (savedAs === null) return "Not saved, as asked.";
  const saved = changed ? "Saved" : "Already saved, unchanged";
  return inForce
    ? `${saved}, and in force.`
    : `${saved}, but not in force: the configuration names another policy file.`;
}
