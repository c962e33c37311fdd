import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createBillObjects } from "../../src/clouds/aws/bill-objects.ts";
import { motoMissing, type MotoServer, startMoto } from "./server.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

describe.skipIf(motoMissing !== undefined)(`bills in S3 ${motoMissing ?? "on moto"}`, () => {
  let moto: MotoServer;
  let folder: string;
  beforeAll(async () => {
    moto = await startMoto();
    for (const [name, value] of Object.entries(moto.env)) vi.stubEnv(name, value);
    folder = await mkdtemp(join(tmpdir(), "bill-objects-"));
    const client = new S3Client({ forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: "my-bills" }));
    for (const Key of ["focus/data/a.csv", "focus/data/../odd name'.CSV", "focus/Manifest.json"])
      await client.send(new PutObjectCommand({ Bucket: "my-bills", Key, Body: `of ${Key}` }));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await moto.close();
    vi.unstubAllEnvs();
  });

  const fetch = async (address: string, accept: (keys: readonly string[]) => void = () => {}) => {
    const objects = createBillObjects({ logger: SILENT });
    try {
      return await objects.fetch(address, await mkdtemp(join(folder, "own-")), {
        signal: new AbortController().signal,
        accept,
      });
    } finally {
      await objects.close();
    }
  };

  it("fetches bills under names of our own, readable by nobody else", async () => {
    const seen: string[] = [];
    const files = await fetch("s3://my-bills/focus/", (keys) => seen.push(...keys));
    expect(files).toHaveLength(2);
    expect(seen).toContain("s3://my-bills/focus/data/a.csv");
    const texts = await Promise.all(files.map(({ path }) => readFile(path, "utf8")));
    expect(texts.toSorted()).toEqual(["of focus/data/../odd name'.CSV", "of focus/data/a.csv"]);
    for (const { path, writtenAtMs } of files) {
      expect(path.startsWith(folder)).toBe(true);
      expect((await stat(path)).mode & 0o077).toBe(0);
      expect(writtenAtMs).toBeGreaterThan(0);
    }
  });

  it.each(["s3://my-bills/nothing/", "s3://B_A_D/x"])(
    "says that %s has no bills",
    async (address) => {
      await expect(fetch(address)).rejects.toMatchObject({ code: "invalid_input" });
    },
  );

  it("says that a bucket is not there", async () => {
    await expect(fetch("s3://no-such-bucket/x")).rejects.toMatchObject({ code: "not_found" });
  });
});
