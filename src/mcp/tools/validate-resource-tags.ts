import * as z from "zod";
import type { ValidateResources } from "../../app/validate-resources.ts";
import { defineReadTool } from "../define.ts";
import { tellOfScan } from "../scan-update.ts";
import { freshnessInput } from "../scope-input.ts";
import { toValidationOutput, validationOutput, validationText } from "../validation-output.ts";
import { MAX_TEXT_LENGTH } from "../untrusted-text.ts";

const { max_age_minutes, refresh } = freshnessInput;

export default defineReadTool({
  name: "validate_resource_tags",
  title: "Validate resource tags",
  description:
    "Checks 1 to 100 resources named by id or ARN: are these compliant, their tags right? Verdict (pass or fail, and why), and which current tags they have at the moment. Use it when ids are known, as those just tagged, fixed, changed or deployed, to verify that it worked; for whole accounts or types use check_tag_compliance. An unreadable one is unknown, an absent one not_found.",
  reachesClouds: true,
  neverExpensive: "Reads only the places that at most 100 ids name.",
  input: z.strictObject({
    resource_ids: z
      .array(z.string().min(1).max(MAX_TEXT_LENGTH))
      .min(1)
      .max(100)
      .describe("ARNs, Azure resource ids, GCP full resource names, mixed"),
    max_age_minutes,
    refresh,
    response_format: z.enum(["concise", "detailed"]).default("concise"),
  }),
  output: validationOutput,
  async run(input, deps: { readonly validateResources: ValidateResources }, context) {
    const result = await deps.validateResources({
      ids: input.resource_ids,
      maxAgeMinutes: input.max_age_minutes,
      refresh: input.refresh,
      signal: context.signal,
      onProgress: tellOfScan(context),
    });
    return toValidationOutput(result, input.response_format);
  },
  summarize: validationText,
});
