import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GENERATED_DOCS } from "../scripts/generated-docs.ts";

test.each(Object.entries(GENERATED_DOCS))(
  "%s is what its source says now (else run: node scripts/generate-docs.ts)",
  (path, text) => {
    expect(readFileSync(path, "utf8")).toBe(text());
  },
);
