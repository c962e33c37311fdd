import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createReadSecret } from "./read-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
const file = join(folder, "secret");
const readSecret = createReadSecret({ environment: { NAME: "one", EMPTY: "" } });

beforeAll(() => writeFileSync(file, "two\n"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a secret of this machine", () => {
  test("comes from a variable or a file, as it is at that moment", async () => {
    expect(await readSecret("env://NAME")).toBe("one");
    expect(await readSecret(`file://${file}`)).toBe("two");
    writeFileSync(file, "three\r\n");
    expect(await readSecret(`file://${file}`)).toBe("three");
  });

  test.each(["env://ABSENT", "env://EMPTY", "file:///no/such/file"])(
    "that is not there: %s",
    async (reference) => {
      await expect(readSecret(reference)).rejects.toMatchObject({
        code: "config_invalid",
        details: { reference },
      });
    },
  );

  test("given itself instead of a reference is not repeated in the error", async () => {
    const error: unknown = await readSecret("hunter2").catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "config_invalid" });
    expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
  });
});
