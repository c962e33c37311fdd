import { z } from "zod";
import { policySchema } from "./schema.ts";

/**
 * The published JSON Schema (draft 2020-12) of a policy as people write it: fields with a default may be
 * left out. It cannot say what the program also checks: that a regex compiles in RE2 syntax within its size
 * limit, that dates exist, and what lint finds.
 */
export function policyJsonSchemaText(): string {
  const schema = z.toJSONSchema(policySchema, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ title: "Tagging policy, version 2", ...schema }, null, 2)}\n`;
}
