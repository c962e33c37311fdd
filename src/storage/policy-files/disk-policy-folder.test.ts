import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diskPolicyFolder } from "./disk-policy-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-files-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const yes = (): boolean => true;
const no = (): boolean => false;
const invalid = expect.objectContaining({ code: "invalid_input" });

test("writes a file, reads it back, and leaves nothing else behind", async () => {
  const files = diskPolicyFolder(folder);
  expect(await files.read("a.json")).toBeNull();
  await files.write("a.json", "one", no);
  expect(await files.read("a.json")).toBe("one");
  expect(await readdir(folder)).toEqual(["a.json"]);
  expect(files.pathOf("a.json")).toBe(join(folder, "a.json"));
});

test("makes the folder when it is first needed", async () => {
  const files = diskPolicyFolder(join(folder, "deep", "down"));
  expect(await files.read("a.yaml")).toBeNull();
  await files.write("a.yaml", "one", no);
  expect(await readFile(join(folder, "deep", "down", "a.yaml"), "utf8")).toBe("one");
});

test("replaces only what may be replaced, and shows what it asks about", async () => {
  const files = diskPolicyFolder(folder);
  await files.write("a.json", "one", no);
  await expect(files.write("a.json", "two", no)).rejects.toEqual(invalid);
  expect(await files.read("a.json")).toBe("one");
  const seen: string[] = [];
  await files.write("a.json", "two", (existing) => seen.push(existing) > 0);
  expect(seen).toEqual(["one"]);
  expect(await files.read("a.json")).toBe("two");
});

describe("never leaves the folder", () => {
  const NAMES = [
    "../a.json",
    "/etc/a.json",
    "b/a.json",
    "..\\a.json",
    ".a.json",
    "a.txt",
    "a",
    "",
    "a.json\u0000.txt",
    "a.json\n",
    `${"a".repeat(200)}.json`,
  ];
  test.each(NAMES)("name %j", async (name) => {
    const files = diskPolicyFolder(join(folder, "inner"));
    await expect(files.write(name, "x", yes)).rejects.toEqual(invalid);
    await expect(files.read(name)).rejects.toEqual(invalid);
    expect(await readdir(folder)).toEqual([]);
  });

  test("a link to elsewhere is not followed", async () => {
    const outside = join(folder, "outside.json");
    await writeFile(outside, "precious");
    const inner = join(folder, "inner");
    await mkdir(inner);
    await symlink(outside, join(inner, "a.json"));
    const files = diskPolicyFolder(inner);
    await expect(files.write("a.json", "x", yes)).rejects.toEqual(invalid);
    await expect(files.read("a.json")).rejects.toEqual(invalid);
    expect(await readFile(outside, "utf8")).toBe("precious");
  });
});

test("a folder that cannot be one is a configuration error", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(diskPolicyFolder(file).write("a.json", "x", yes)).rejects.toEqual(
    expect.objectContaining({ code: "config_invalid" }),
  );
});
