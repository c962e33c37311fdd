import { writeFileSync } from "node:fs";
import { GENERATED_DOCS } from "./generated-docs.ts";

/** Writes every generated document; `test/generated-docs.test.ts` fails while one is out of date. */
for (const [path, text] of Object.entries(GENERATED_DOCS)) writeFileSync(path, text());
