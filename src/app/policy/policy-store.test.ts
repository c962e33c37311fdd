import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../domain/errors.ts";
import { createCatalogue } from "../../domain/resource-type.ts";
import type { PolicyFile } from "../../ports/policy-file.ts";
import { diskPolicyFile } from "../../storage/policy-files/disk-policy-file.ts";
import { createPolicyStore } from "./policy-store.ts";

const catalogue = createCatalogue([]);
const policy = (tag: string): string => `version: "2.0"\nrequired_tags: [{ name: ${tag} }]`;

/** A clock and a file in the test's hand; the file counts how often it is looked at and read. */
function world(content: string | null) {
  const state = { nowMs: 1_000_000, content, stamps: 0, reads: 0 };
  const file: PolicyFile = {
    path: "policy.yaml",
    stamp: async () => {
      state.stamps += 1;
      return state.content;
    },
    read: async () => {
      state.reads += 1;
      return state.content ?? "";
    },
  };
  return { state, file, clock: { now: () => state.nowMs } };
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe("createPolicyStore", () => {
  it("has the built-in policy when no file is configured", async () => {
    const { clock } = world(null);
    const status = await createPolicyStore({ file: null, catalogue, clock }).status();
    expect(status).toMatchObject({
      source: "built_in",
      path: null,
      loadedAt: 1_000_000,
      lint: [],
      lastError: null,
    });
    expect(status.document.required_tags.map(({ name }) => name)).toEqual([
      "CostCenter",
      "Owner",
      "Environment",
    ]);
  });

  it("sees a change on the next use after a second, without a restart", async () => {
    const { state, file, clock } = world(policy("A"));
    const store = createPolicyStore({ file, catalogue, clock });
    const first = await store.current();
    state.content = policy("B");
    expect(await store.current()).toBe(first);
    state.nowMs += 1000;
    const second = await store.current();
    expect(second.document.required_tags[0]?.name).toBe("B");
    expect(second.policyHash).not.toBe(first.policyHash);
    expect((await store.status()).loadedAt).toBe(state.nowMs);
  });

  it("looks at the file once a second at most, and reads it only when it changed", async () => {
    const { state, file, clock } = world(policy("A"));
    const store = createPolicyStore({ file, catalogue, clock });
    for (let tenths = 0; tenths < 30; tenths += 1) {
      await Promise.all([store.current(), store.current(), store.status()]);
      state.nowMs += 100;
    }
    expect(state).toMatchObject({ stamps: 3, reads: 1 });
  });

  it("keeps the last good policy when the file breaks, says all that is wrong, and recovers", async () => {
    const { state, file, clock } = world(policy("A"));
    const store = createPolicyStore({ file, catalogue, clock });
    const good = await store.current();
    state.content = 'version: "2.0"\nrequired_tags: [{ nam: A }]';
    state.nowMs += 1000;
    expect(await store.current()).toBe(good);
    const broken = await store.status();
    expect(broken.hash).toBe(good.policyHash);
    expect(broken.lastError?.issues.map(({ path, line }) => [path, line])).toEqual([
      ["required_tags[0].name", 2],
      ["required_tags[0].nam", 2],
    ]);
    state.nowMs += 1000;
    expect((await store.status()).lastError).not.toBeNull();
    expect(state.reads).toBe(2);
    state.content = policy("C");
    state.nowMs += 1000;
    expect((await store.status()).lastError).toBeNull();
    expect((await store.current()).document.required_tags[0]?.name).toBe("C");
  });

  it("keeps the last good policy when the file goes away, and recovers when it returns unchanged", async () => {
    const { state, file, clock } = world(policy("A"));
    const store = createPolicyStore({ file, catalogue, clock });
    const good = await store.current();
    state.content = null;
    state.nowMs += 1000;
    expect(await store.current()).toBe(good);
    expect((await store.status()).lastError).not.toBeNull();
    state.content = policy("A");
    state.nowMs += 1000;
    expect((await store.status()).lastError).toBeNull();
  });

  it.each([
    ["broken", "version: 1", "policy_invalid"],
    ["absent", null, "config_invalid"],
  ])(
    "never judges by another policy when the configured file is %s from the start",
    async (_, content, code) => {
      const { state, file, clock } = world(content);
      const store = createPolicyStore({ file, catalogue, clock });
      expect(await codeOf(store.current())).toBe(code);
      state.content = policy("A");
      expect(await codeOf(store.current())).toBe("none");
    },
  );

  it("reloads at once when asked to", async () => {
    const { state, file, clock } = world(policy("A"));
    const store = createPolicyStore({ file, catalogue, clock });
    await store.current();
    state.content = policy("B");
    expect((await store.reload()).document.required_tags[0]?.name).toBe("B");
  });
});

describe("onChange", () => {
  function changing() {
    const { file: still, ...rest } = world(policy("A"));
    const touch = { touched: (): void => undefined };
    const file: PolicyFile = {
      ...still,
      watch: (touched, signal) => {
        touch.touched = touched;
        signal.addEventListener("abort", () => (touch.touched = () => undefined));
      },
    };
    const seen = { changes: 0 };
    const onChange = (): void => {
      seen.changes += 1;
    };
    const store = createPolicyStore({ file, catalogue, clock: rest.clock, onChange });
    return { ...rest, store, seen, touch };
  }

  it.each([
    { what: "another policy", content: policy("B"), changes: 1 },
    { what: "a broken file", content: "version: [", changes: 1 },
    { what: "the same policy, written otherwise", content: `${policy("A")} # same`, changes: 0 },
    { what: "a file that is gone", content: null, changes: 1 },
  ])("is told of $what: $changes", async ({ content, changes }) => {
    const { store, state, seen } = changing();
    await store.current();
    expect(seen.changes).toBe(0);
    state.content = content;
    await store.reload();
    await store.reload();
    expect(seen.changes).toBe(changes);
  });

  it("needs no use of the policy while its file is followed", async () => {
    const { store, state, seen, touch } = changing();
    const following = new AbortController();
    await store.follow(following.signal);
    state.content = policy("B");
    touch.touched();
    await expect.poll(() => seen.changes).toBe(1);
    following.abort();
    state.content = policy("C");
    touch.touched();
    expect((await store.reload()).document.required_tags[0]?.name).toBe("C");
    expect(seen.changes).toBe(2);
  });

  it("is told of what changed before the file was followed", async () => {
    const { store, state, seen } = changing();
    await store.current();
    state.content = policy("B");
    await store.follow(new AbortController().signal);
    expect(seen.changes).toBe(1);
  });
});

describe("diskPolicyFile", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "policy-"));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it("stamps what it reads anew when the file is written again", async () => {
    const path = join(directory, "policy.yaml");
    const file = diskPolicyFile(path);
    expect(await file.stamp()).toBeNull();
    expect(await codeOf(file.read())).toBe("config_invalid");
    await writeFile(path, policy("A"));
    const stamp = await file.stamp();
    expect(await file.read()).toBe(policy("A"));
    expect(await file.stamp()).toBe(stamp);
    await writeFile(path, policy("Other"));
    expect(await file.stamp()).not.toBe(stamp);
  });

  it("refuses a directory and a file that cannot be a policy", async () => {
    expect(await codeOf(diskPolicyFile(directory).read())).toBe("config_invalid");
    const path = join(directory, "large");
    await writeFile(path, Buffer.alloc(5_000_000, "x"));
    expect(await codeOf(diskPolicyFile(path).read())).toBe("policy_invalid");
  });
});
