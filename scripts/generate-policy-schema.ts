import { readFile, writeFile } from "node:fs/promises";
import { policyJsonSchemaText } from "../src/domain/policy/json-schema.ts";

/**
 * Writes the published JSON Schema of tagging policies from the schema the program itself uses.
 * `--check` writes nothing and exits 1 when the file is not current.
 */
const FILE = new URL("../schemas/tagging-policy.v2.schema.json", import.meta.url);

const text = policyJsonSchemaText();
if (process.argv.includes("--check")) {
  const current = await readFile(FILE, "utf8").catch(() => "");
  if (current !== text) {
    process.stderr.write(
      "The policy schema is not current: node scripts/generate-policy-schema.ts\n",
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, text);
}
