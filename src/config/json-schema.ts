import { z } from "zod";
import { ConfigSchema } from "./schema.ts";

/** The configuration file as JSON Schema 2020-12: editors complete and check by it. */
export function configJsonSchemaText(): string {
  const schema = z.toJSONSchema(ConfigSchema, { io: "input" });
  return `${JSON.stringify({ title: "Configuration of tag-compliance", ...schema }, null, 2)}\n`;
}
