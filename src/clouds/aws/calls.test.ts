import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startAws } from "../../../sandbox/aws/server.ts";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import { createFaultPlan } from "../../../sandbox/faults.ts";
import { silent } from "../../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../../test/moto/server.ts";
import { CALLER } from "./calls.ts";
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
  const server = createServer((request, response) => {
    request.resume();
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      response.end(`{"ResourceTagMappingList":[]}`);
    }, 20);
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
  return { most: () => most };
}

describe("requests to AWS", () => {
  test("share one cap over all Regions, and every one is counted", async () => {
    const { most } = await slowTagging();
    const { calls } = sessions({ maxInFlight: 3 });
    const regions = Array.from({ length: 12 }, (_, at) => `eu-test-${at}`);
    await Promise.all(
      regions.map((region) =>
        calls.call({ service: "tagging", account: CALLER, region }, never, (api, signal) =>
          api.getResources([], undefined, signal),
        ),
      ),
    );
    expect(most()).toBe(3);
    expect(calls.sent()).toBe(12);
  });

  test("a Region that is off is told from bad credentials by asking who we are at home", async () => {
    const server = await startAws({
      estate: createEstate({ seed: 7, resources: 300 }),
      faults: createFaultPlan(),
      port: 0,
      latencyMs: 0,
    });
    cleanups.push(() => server.close(), setEnvironment(server.env));
    const ask = (region: string) =>
      sessions().calls.call({ service: "tagging", account: CALLER, region }, never, (api, signal) =>
        api.getResources([], undefined, signal),
      );
    await expect(ask("me-south-1")).rejects.toMatchObject({
      code: "cloud_region_disabled",
      details: { region: "me-south-1", upstreamCode: "UnrecognizedClientException" },
    });
    cleanups.push(setEnvironment({ AWS_ACCESS_KEY_ID: "UNKNOWN" }));
    await expect(ask("me-south-1")).rejects.toMatchObject({ code: "credentials_missing" });
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
