import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { afterEach, describe, expect, test } from "vitest";
import { CLOUDS } from "../src/domain/cloud.ts";
import { AppError } from "../src/domain/errors.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "./index.ts";

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ estate: { seed: 1, resources: 300 }, ...options });
  running.push(sandbox);
  return sandbox;
}

async function getResources({ env }: Sandbox): Promise<number> {
  const client = new ResourceGroupsTaggingAPIClient({
    endpoint: env["AWS_ENDPOINT_URL"] ?? "",
    region: env["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
    maxAttempts: 1,
  });
  const { ResourceTagMappingList = [] } = await client.send(new GetResourcesCommand({}));
  client.destroy();
  return ResourceTagMappingList.length;
}

const control = (url: string, path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${url}/__sandbox/${path}`, init);

describe("startSandbox", () => {
  test("one environment leads to all three clouds, each on its own loopback port", async () => {
    const { servers, env } = await start();
    expect(new Set(CLOUDS.map((cloud) => servers[cloud].url)).size).toBe(3);
    for (const cloud of CLOUDS) {
      expect(servers[cloud].url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(env).toMatchObject(servers[cloud].env);
    }
  });

  test("counts calls by cloud, service and operation", async () => {
    const sandbox = await start();
    expect(await getResources(sandbox)).toBeGreaterThan(0);
    expect(sandbox.calls.all()).toEqual([
      { cloud: "aws", service: "tagging", operation: "GetResources", count: 1 },
    ]);
    expect(sandbox.calls.count({ cloud: "aws" })).toBe(1);
    expect(sandbox.calls.count({ operation: "ListAccounts" })).toBe(0);
    sandbox.calls.reset();
    expect(sandbox.calls.all()).toEqual([]);
  });

  test("faults given at the start and replaced later take effect", async () => {
    const sandbox = await start({ faults: [{ kind: "deny", service: "tagging" }] });
    await expect(getResources(sandbox)).rejects.toMatchObject({ name: "AccessDeniedException" });
    sandbox.faults.replace([]);
    expect(await getResources(sandbox)).toBeGreaterThan(0);
  });

  test("an estate that exists already is used as it is", async () => {
    const { estate } = await start();
    expect((await start({ estate })).estate).toBe(estate);
  });

  test("a taken port fails the start, and the other clouds are closed again", async () => {
    const { servers } = await start();
    const taken = Number(new URL(servers.gcp.url).port);
    const free = await start();
    const aws = Number(new URL(free.servers.aws.url).port);
    await free.close();
    running.pop();
    await expect(start({ ports: { aws, gcp: taken } })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    const again = await start({ ports: { aws } });
    expect(again.servers.aws.url).toBe(free.servers.aws.url);
  });

  test("a size that no estate can have is refused", async () => {
    await expect(start({ estate: { seed: 1, resources: 3 } })).rejects.toThrow(AppError);
  });
});

describe.each(CLOUDS)("the control interface on %s", (cloud) => {
  test("tells the truth of all clouds", async () => {
    const { servers, estate } = await start();
    const answer = await control(servers[cloud].url, "truth");
    expect(await answer.json()).toEqual(
      Object.fromEntries(CLOUDS.map((each) => [each, estate.truth(each)])),
    );
  });

  test("tells the calls so far, its own not among them", async () => {
    const sandbox = await start();
    await getResources(sandbox);
    const { url } = sandbox.servers[cloud];
    await control(url, "truth");
    expect(await (await control(url, "calls")).json()).toEqual(sandbox.calls.all());
    expect(sandbox.calls.count()).toBe(1);
  });

  test("replaces the faults of all clouds", async () => {
    const sandbox = await start();
    const body = JSON.stringify([{ kind: "throttle", cloud: "aws", times: 1 }]);
    const { url } = sandbox.servers[cloud];
    expect((await control(url, "faults", { method: "PUT", body })).status).toBe(200);
    await expect(getResources(sandbox)).rejects.toMatchObject({ name: "ThrottledException" });
    expect(await getResources(sandbox)).toBeGreaterThan(0);
  });

  test.each([
    ["no JSON", "kind: deny"],
    ["no array", '{"kind":"deny"}'],
    ["an unknown kind", '[{"kind":"explode"}]'],
    ["an unknown field", '[{"kind":"deny","acount":"1"}]'],
  ])("refuses faults that are %s, and keeps those in force", async (_, body) => {
    const sandbox = await start({ faults: [{ kind: "deny", service: "tagging" }] });
    const answer = await control(sandbox.servers[cloud].url, "faults", { method: "PUT", body });
    expect(answer.status).toBe(400);
    await expect(getResources(sandbox)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("knows nothing else", async () => {
    const { servers } = await start();
    expect((await control(servers[cloud].url, "secrets")).status).toBe(404);
  });
});
