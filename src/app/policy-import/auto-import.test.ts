import { beforeEach, describe, expect, test } from "vitest";
import {
  denial,
  type FakeOrganization,
  fakeFiles,
  fakeOrganization,
  sha256,
} from "../../../test/fake-organization.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { AppError } from "../../domain/errors.ts";
import { type AutoImport, type AutoImportSettings, createAutoImport } from "./auto-import.ts";
import { createImportAwsPolicy } from "./import-aws-policy.ts";

const signal = new AbortController().signal;
const FILE = "tagging_policy.json";
const HOUR_MS = 3_600_000;
const tags = (key: string): string => JSON.stringify({ tags: { [key]: {} } });

let organization: FakeOrganization;
let texts: Map<string, string>;
let now: number;

beforeEach(() => {
  organization = fakeOrganization();
  organization.contents.set("p-root", tags("Root"));
  organization.contents.set("p-first", tags("First"));
  organization.contents.set("p-second", tags("Second"));
  organization.root = ["p-root"];
  organization.account = ["p-first", "p-second"];
  texts = new Map();
  now = Date.UTC(2026, 10, 22);
});

function autoImport(settings: Partial<AutoImportSettings> = {}): AutoImport {
  const files = fakeFiles(texts);
  const clock = { now: () => now };
  const orgPolicies = organization.policies;
  return createAutoImport({
    settings: { fallbackToDefault: true, everyMs: HOUR_MS, ...settings },
    importAwsPolicy: createImportAwsPolicy({
      orgPolicies,
      files,
      reload: async () => undefined,
      clock,
      sha256,
    }),
    orgPolicies,
    files,
    clock,
    logger: silent,
    sha256,
  });
}

const optionalTags = (): readonly string[] => {
  const policy = JSON.parse(texts.get(FILE) ?? "{}") as { optional_tags?: { name: string }[] };
  return (policy.optional_tags ?? []).map(({ name }) => name);
};

describe("which policy", () => {
  test("what holds for the account, where AWS says it", async () => {
    expect(await autoImport().start(signal)).toEqual({
      kind: "imported",
      path: `policies/${FILE}`,
      changed: true,
      source: "aws_effective_policy",
      policyIds: ["p-root", "p-first", "p-second"],
      nearestOnly: false,
    });
    expect(optionalTags()).toEqual(["root", "first", "second"]);
  });

  test("the configured one before all", async () => {
    await autoImport({ policyId: "p-second" }).start(signal);
    expect(optionalTags()).toEqual(["second"]);
  });

  test("the one attached nearest to the account, when the rest may not be read", async () => {
    organization.failures.set("effective", denial("organizations:DescribeEffectivePolicy"));
    expect(await autoImport().start(signal)).toMatchObject({
      kind: "imported",
      policyIds: ["p-first"],
      nearestOnly: true,
    });
  });

  test("a level further up, when nothing is attached to the account itself", async () => {
    organization.failures.set("effective", denial("organizations:DescribeEffectivePolicy"));
    organization.account = [];
    expect(await autoImport().start(signal)).toMatchObject({ policyIds: ["p-root"] });
  });

  test("none, when nothing that is attached may be read: the first denial is told", async () => {
    const denied = denial("organizations:DescribeEffectivePolicy");
    organization.failures.set("effective", denied);
    organization.rootHidden = true;
    organization.account = [];
    expect(await autoImport().start(signal)).toEqual({ kind: "failed", error: denied });
    organization.failures.set("attachments", denial("organizations:ListParents"));
    expect(await autoImport().start(signal)).toEqual({ kind: "failed", error: denied });
  });

  test("a configured policy is never exchanged for another", async () => {
    organization.failures.set("get", denial("organizations:DescribePolicy"));
    expect(await autoImport({ policyId: "p-second" }).start(signal)).toMatchObject({
      kind: "failed",
    });
    expect(texts.size).toBe(0);
  });
});

describe("the file people wrote", () => {
  test("stays, and AWS is not even asked", async () => {
    texts.set(FILE, 'version: "2.0"\n');
    expect(await autoImport().start(signal)).toEqual({ kind: "own_file", edited: false });
    expect(organization.calls).toBe(0);
  });

  test("an import that people edited stays as well, from then on", async () => {
    const following = autoImport();
    await following.start(signal);
    texts.set(FILE, (texts.get(FILE) ?? "").replace('"root"', '"ours"'));
    now += HOUR_MS;
    expect(await following.runIfDue(signal)).toEqual({ kind: "own_file", edited: true });
    expect(optionalTags()).toContain("ours");
  });
});

describe("nothing to import", () => {
  const notFound = expect.objectContaining({ code: "not_found" });

  test("falls back when it may, and refuses to start when it may not", async () => {
    organization.root = [];
    organization.account = [];
    expect(await autoImport().start(signal)).toEqual({ kind: "failed", error: notFound });
    await expect(autoImport({ fallbackToDefault: false }).start(signal)).rejects.toEqual(notFound);
  });

  test("an earlier import is enough to start with", async () => {
    await autoImport().start(signal);
    const before = texts.get(FILE);
    organization.root = [];
    organization.account = [];
    const outcome = await autoImport({ fallbackToDefault: false }).start(signal);
    expect(outcome.kind).toBe("failed");
    expect(texts.get(FILE)).toBe(before);
  });
});

describe("later", () => {
  test("imports when it is due and not before [P2-DETECT-6] [P2-AUTO-7]; an unchanged policy is a success", async () => {
    const following = autoImport();
    await following.start(signal);
    now += HOUR_MS - 1;
    expect(await following.runIfDue(signal)).toBeNull();
    now += 1;
    expect(await following.runIfDue(signal)).toMatchObject({ kind: "imported", changed: false });
    expect(following.status()).toMatchObject({ lastSyncAt: now, nextAt: now + HOUR_MS });
  });

  test("a change in AWS reaches the file [P2-AUTO-10]", async () => {
    const following = autoImport();
    await following.start(signal);
    organization.root = [];
    now += HOUR_MS;
    expect(await following.runIfDue(signal)).toMatchObject({ kind: "imported", changed: true });
    expect(optionalTags()).toEqual(["first", "second"]);
  });

  test("a failure keeps the file and the date of the last success, and is tried again sooner", async () => {
    const following = autoImport();
    await following.start(signal);
    const syncedAt = now;
    const before = texts.get(FILE);
    organization.failures.set("effective", new AppError("cloud_unavailable", "down"));
    now += HOUR_MS;
    expect(await following.runIfDue(signal)).toMatchObject({ kind: "failed" });
    expect(following.status()).toMatchObject({
      lastSyncAt: syncedAt,
      nextAt: now + 300_000,
      last: { kind: "failed" },
    });
    expect(texts.get(FILE)).toBe(before);
  });

  test("calls at the same time share one import", async () => {
    const following = autoImport();
    await Promise.all([following.start(signal), following.runIfDue(signal)]);
    expect(organization.calls).toBe(1);
  });

  test("being cancelled is not an outcome", async () => {
    organization.failures.set("effective", new AppError("cancelled", "stopped"));
    await expect(autoImport().start(signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});
