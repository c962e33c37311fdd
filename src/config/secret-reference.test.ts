import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSecret, SecretReference } from "./secret-reference.ts";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "secret");

describe("a reference to a secret", () => {
  test.each(["env://AZURE_SECRET", "file:///run/secrets/azure"])("is %s", (text) => {
    expect(SecretReference.safeParse(text).success).toBe(true);
  });

  test.each(["hunter2", "env://", "env://A-B", "file://relative", "https://x", "aws-sm://x"])(
    "is not %s",
    (text) => {
      expect(SecretReference.safeParse(text).success).toBe(false);
    },
  );

  test("leads to a variable or to a file, as they are at that moment", () => {
    expect(readSecret("env://NAME", { NAME: "one" })).toBe("one");
    writeFileSync(file, "two\n");
    expect(readSecret(`file://${file}`, {})).toBe("two");
    writeFileSync(file, "three\r\n");
    expect(readSecret(`file://${file}`, {})).toBe("three");
  });

  test.each(["env://NAME", "env://EMPTY", "file:///no/such/file"])(
    "that leads nowhere: %s",
    (text) => {
      expect(() => readSecret(text, { EMPTY: "" })).toThrowError(
        expect.objectContaining({ code: "config_invalid", details: { reference: text } }),
      );
    },
  );
});
