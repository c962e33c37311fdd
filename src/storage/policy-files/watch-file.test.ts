import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchFile } from "./watch-file.ts";

let folder = "";
let touched = 0;
let watching: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watched-"));
  touched = 0;
  watching = new AbortController();
});
afterEach(async () => {
  watching.abort();
  await rm(folder, { recursive: true, force: true });
});

const watched = (): string => join(folder, "policy.yaml");
const watch = (path = watched()): void => watchFile(path, () => (touched += 1), watching.signal);
const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

describe("a watched file", () => {
  it.each([
    { how: "written in place", change: () => write("policy.yaml", "two") },
    {
      how: "replaced by another, again and again",
      change: async () => {
        for (const text of ["two", "three"]) {
          await write("new", text);
          await rename(join(folder, "new"), watched());
        }
      },
    },
    { how: "removed", change: () => rm(watched()) },
    {
      how: "behind a link that was turned, as Kubernetes does",
      change: async () => {
        await mkdir(join(folder, "..version2"));
        await symlink("..version2", join(folder, "..data"));
      },
    },
  ])("is seen to be $how, once it is quiet", async ({ change }) => {
    await write("policy.yaml", "one");
    watch();
    await change();
    await expect.poll(() => touched).toBe(1);
  });

  it("is not its neighbour, and is left alone when nobody watches any more", async () => {
    await write("policy.yaml", "one");
    watch();
    await write("inventory.db", "busy");
    await write("policy.yaml", "two");
    await expect.poll(() => touched).toBe(1);
    watching.abort();
    const before = touched;
    await write("policy.yaml", "three");
    const other = new AbortController();
    let seen = 0;
    watchFile(watched(), () => (seen += 1), other.signal);
    await write("policy.yaml", "four");
    await expect.poll(() => seen).toBe(1);
    other.abort();
    expect(touched).toBe(before);
  });

  it("need not be in a folder that exists", () => {
    expect(() => watch(join(folder, "nowhere", "policy.yaml"))).not.toThrow();
  });
});
