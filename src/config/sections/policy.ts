import { z } from "zod";

export const Policy = z
  .strictObject({
    file: z
      .string()
      .optional()
      .describe(
        "Tagging policy, JSON or YAML. Default: an imported policy if there is one, else the built-in policy.",
      ),
    folder: z
      .string()
      .optional()
      .describe(
        "The only folder imported policies are written to. Default: policies in the data folder.",
      ),
    auto_import_aws_policy: z
      .boolean()
      .default(false)
      .describe(
        "Import the AWS Organizations tag policy at start-up and again later. A policy file that people wrote is never replaced; policy.file wins over it.",
      ),
    aws_policy_id: z
      .string()
      .regex(/^p-[a-z0-9]{8,128}$/, "An AWS policy id looks like p-examplepolicyid111.")
      .optional()
      .describe("Import this policy. Default: what holds for the account of the credentials."),
    require_enforced: z
      .boolean()
      .default(false)
      .describe("Read enforced_for as required. AWS itself only prevents wrong values with it."),
    fallback_to_default: z
      .boolean()
      .default(true)
      .describe("Judge by the built-in policy while none can be imported; false: refuse to."),
    import_every_hours: z
      .number()
      .min(0.1)
      .max(720)
      .default(24)
      .describe("Time between two imports."),
  })
  .prefault({})
  .describe("What tags must look like.");
