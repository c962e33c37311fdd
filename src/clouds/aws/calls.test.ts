import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startAws } from "../../../sandbox/aws/server.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../../sandbox/faults.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { type AwsCalls, CALLER } from "./calls.ts";
import { type AwsProviderOptions, settingsFrom } from "./options.ts";
import { createSessions, type Sessions } from "./session.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
const never = new AbortController().signal;

function sessions(options: Partial<AwsProviderOptions> = {}): Sessions {
  const made = createSessions(settingsFrom({ logger: silent, ...options }));
  cleanups.push(() => made.calls.close());
  return made;
}

/** A tagging API that answers after 20 ms with an empty list, and remembers how many it was asked at once. */
async function slowTagging(): Promise<{ readonly most: () => number }> {
  let running = 0;
  let most = 0;
  await tagging((response) => {
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      response.end(`{"ResourceTagMappingList":[]}`);
    }, 20);
  });
  return { most: () => most };
}

/** Makes this process's AWS a server that answers every request in this way. */
async function tagging(answer: (response: ServerResponse, region: string) => void): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response, request.headers.authorization?.split("/")[2] ?? "");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  cleanups.push(
    setEnvironment({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    }),
  );
}

const list = (calls: AwsCalls, region: string, signal = never) =>
  calls.call({ service: "tagging", account: CALLER, region }, signal, (api, own) =>
    api.getResources([], undefined, own),
  );

describe("requests to AWS", () => {
  test("share one cap over all Regions, and every one is counted", async () => {
    const { most } = await slowTagging();
    const { calls } = sessions({ maxInFlight: 3 });
    const regions = Array.from({ length: 12 }, (_, at) => `eu-test-${at}`);
    await Promise.all(regions.map((region) => list(calls, region)));
    expect(most()).toBe(3);
    expect(calls.sent()).toBe(12);
  });

  test("a body that stops half way is cut at the deadline, tried again and reported", async () => {
    let asked = 0;
    await tagging((response) => {
      asked += 1;
      response.write(`{"ResourceTagMappingList":[`);
    });
    const { calls } = sessions({ callTimeoutMs: 100 });
    await expect(list(calls, "eu-test-1")).rejects.toMatchObject({ code: "cloud_timeout" });
    expect(asked).toBe(2);
  });

  test("what is interactive overtakes the background work that waits", async () => {
    const order: string[] = [];
    const held = Promise.withResolvers<void>();
    await tagging((response, region) => {
      order.push(region);
      const answer = () => response.end(`{"ResourceTagMappingList":[]}`);
      if (region === "b-1") void held.promise.then(answer);
      else answer();
    });
    const { calls } = sessions({ maxInFlight: 1 });
    const background = calls.at("background");
    const first = list(background, "b-1");
    await expect.poll(() => order).toEqual(["b-1"]);
    const rest = [list(background, "b-2"), list(background, "b-3"), list(calls, "i-1")];
    // Getting in line takes promises only, and these come before the next turn of the event loop.
    await new Promise(setImmediate);
    held.resolve();
    await Promise.all([first, ...rest]);
    expect(order[1]).toBe("i-1");
    expect(order.slice(2).toSorted()).toEqual(["b-2", "b-3"]);
  });

  test("cancelling ends what is on the wire and what waits, and nothing more is sent", async () => {
    let asked = 0;
    await tagging(() => {
      asked += 1;
    });
    const { calls } = sessions({ maxInFlight: 2 });
    const abort = new AbortController();
    const regions = Array.from({ length: 10 }, (_, at) => `eu-test-${at}`);
    const ended = Promise.allSettled(regions.map((region) => list(calls, region, abort.signal)));
    await expect.poll(() => asked).toBe(2);
    abort.abort();
    for (const outcome of await ended)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
    expect(calls.sent()).toBe(2);
  });

  test("a Region that is off is told from bad credentials by asking who we are at home", async () => {
    const server = await startAws({
      estate: createEstate({ seed: 7, resources: 300 }),
      faults: createFaultPlan(),
      port: 0,
      latencyMs: 0,
    });
    cleanups.push(() => server.close(), setEnvironment(server.env));
    const ask = (region: string) => list(sessions().calls, region);
    await expect(ask("me-south-1")).rejects.toMatchObject({
      code: "cloud_region_disabled",
      details: { region: "me-south-1", upstreamCode: "UnrecognizedClientException" },
    });
    cleanups.push(setEnvironment({ AWS_ACCESS_KEY_ID: "UNKNOWN" }));
    await expect(ask("me-south-1")).rejects.toMatchObject({ code: "credentials_missing" });
  });

  test("an expired session is replaced without failing the requests that wait with it", async () => {
    const estate = createEstate({ seed: 7, resources: 300 });
    const member = estate.accounts.filter(({ cloud }) => cloud === "aws")[1]?.id ?? "";
    const server = await startAws({
      estate,
      faults: createFaultPlan([{ cloud: "aws", service: "tagging", kind: "expire", times: 1 }]),
      port: 0,
      latencyMs: 5,
    });
    cleanups.push(() => server.close(), setEnvironment(server.env));
    // One slot: the others have their session and wait for it when the first learns that it expired.
    const reader = sessions({ roleName: "reader", maxInFlight: 1 });
    await reader.caller(never);
    const regions = ["us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-south-1"];
    const ended = await Promise.allSettled(
      regions.map((region) =>
        reader.calls.call({ service: "tagging", account: member, region }, never, (api, own) =>
          api.getResources([], undefined, own),
        ),
      ),
    );
    expect(
      ended.map((outcome) => (outcome.status === "rejected" ? outcome.reason : "read")),
    ).toEqual(regions.map(() => "read"));
  });

  test("without any credentials that is said, and nothing is sent", async () => {
    const nowhere = "/nonexistent/aws-file";
    const names = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
    // Restores the variables that are deleted next, and those that are set.
    cleanups.push(
      setEnvironment({
        ...Object.fromEntries(names.map((name) => [name, ""])),
        AWS_CONFIG_FILE: nowhere,
        AWS_SHARED_CREDENTIALS_FILE: nowhere,
        AWS_EC2_METADATA_DISABLED: "true",
      }),
    );
    for (const name of names) if (process.env[name] === "") delete process.env[name];
    const nobody = sessions();
    await expect(nobody.caller(never)).rejects.toMatchObject({ code: "credentials_missing" });
    expect(nobody.calls.sent()).toBe(0);
  });
});
