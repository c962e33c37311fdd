import { z } from "zod";
import { policyText } from "../../app/policy-import/import-aws-policy.ts";
import { sha256 } from "../../app/policy/sha256.ts";
import { CATALOGUE } from "../../compose.ts";
import { convertTagPolicy } from "../../domain/policy/aws/convert.ts";
import { exportTagPolicy } from "../../domain/policy/aws/export.ts";
import { mergeTagPolicies } from "../../domain/policy/aws/merge.ts";
import { parseTagPolicyLevels, readTagPolicy } from "../../domain/policy/aws/validate.ts";
import type { PolicyDocument } from "../../domain/policy/schema.ts";
import { emitPolicy, tellLosses } from "../converted-policy.ts";
import { parseOptions } from "../options.ts";
import { readPolicyFile } from "../policy-file.ts";
import { readText } from "../read-text.ts";
import { withApplication } from "../with-application.ts";

const ImportOptions = z.object({
  out: z.string().optional(),
  requireEnforced: z.boolean().default(false),
});

/** `tag-compliance policy import-aws FILE|-`: a tag policy document to a policy of ours. */
export async function importAwsPolicy(file: string, raw: unknown): Promise<void> {
  const { out, requireEnforced } = parseOptions(ImportOptions, raw);
  const { policy, lossy } = convertTagPolicy(readTagPolicy(await readText(file)), {
    source: "aws_tag_policy",
    policyIds: [],
    requireEnforced,
    importedAt: new Date().toISOString(),
    sha256,
  });
  emitPolicy(policyText(policy, out ?? "policy.json"), out);
  tellLosses(lossy);
}

/** `tag-compliance policy merge-aws FILE`: levels from the root to the account to the effective policy. */
export async function mergeAwsPolicies(file: string): Promise<void> {
  const effective = mergeTagPolicies(parseTagPolicyLevels(await readText(file)));
  emitPolicy(`${JSON.stringify(effective, null, 2)}\n`, undefined);
}

const ExportOptions = z.object({ out: z.string().optional() });

/** `tag-compliance policy export-aws [FILE]`: a policy of ours, or the one in force, to a tag policy. */
export async function exportAwsPolicy(
  file: string | undefined,
  raw: unknown,
  configFile: unknown,
): Promise<void> {
  const { out } = parseOptions(ExportOptions, raw);
  const document =
    file === undefined ? await documentInForce(configFile) : (await readPolicyFile(file)).document;
  const exported = exportTagPolicy(document, CATALOGUE);
  emitPolicy(`${exported.text.trimEnd()}\n`, out);
  tellLosses(exported.lossy);
}

async function documentInForce(configFile: unknown): Promise<PolicyDocument> {
  return withApplication(configFile, async ({ app }) => {
    return (await app.getPolicy()).document;
  });
}
