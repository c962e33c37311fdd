import { existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { reportFolder } from "../../src/reports/report-folder.ts";
import { temporaryFolder } from "../storage/sqlite-file.ts";

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

describe("the folder of reports", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, "reports");
  });
  afterEach(() => folder.remove());

  test("gives back what was saved, to nobody else on the machine", async () => {
    const files = reportFolder(path);
    const saved = await files.save("violations-2026-11-22.csv", chunks("a,b\r\n", "1,2\r\n"));
    expect(saved).toMatchObject({ mediaType: "text/csv", sizeBytes: 10 });
    const { bytes, ...file } = await files.read(saved.id);
    expect(Buffer.from(bytes).toString()).toBe("a,b\r\n1,2\r\n");
    expect(file).toEqual({ name: saved.name, mediaType: "text/csv", sizeBytes: 10 });
    const [only] = readdirSync(path);
    expect(statSync(join(path, only ?? "")).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test("keeps the newest 50, and ids differ", async () => {
    const files = reportFolder(path);
    const ids = new Set<string>();
    for (let at = 0; at < 53; at += 1) ids.add((await files.save("r.md", chunks(`${at}`))).id);
    expect(ids.size).toBe(53);
    expect(readdirSync(path)).toHaveLength(50);
    await expect(files.read([...ids].at(-1) ?? "")).resolves.toMatchObject({ name: "r.md" });
    await expect(files.read([...ids][0] ?? "")).rejects.toMatchObject({ code: "not_found" });
  });

  test.each([
    "",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "AAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAA/../secret",
    "\0",
  ])("%j leads to no file", async (id) => {
    await reportFolder(path).save("r.md", chunks("x"));
    writeFileSync(join(folder.path, "secret"), "s");
    await expect(reportFolder(path).read(id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("a link in the folder is not followed", async () => {
    await reportFolder(path).save("r.md", chunks("x"));
    writeFileSync(join(folder.path, "secret"), "s");
    symlinkSync(join(folder.path, "secret"), join(path, "AAAAAAAAAAAAAAAAAAAAAA_r.md"));
    const read = reportFolder(path).read("AAAAAAAAAAAAAAAAAAAAAA");
    await expect(read).rejects.toMatchObject({ code: "not_found" });
  });

  test("what fails half way leaves nothing", async () => {
    async function* failing() {
      yield new Uint8Array(3);
      throw new Error("the database went away");
    }
    await expect(reportFolder(path).save("r.md", failing())).rejects.toThrow("went away");
    expect(existsSync(path) ? readdirSync(path) : []).toEqual([]);
  });
});
