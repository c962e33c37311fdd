import { afterEach, describe, expect, it } from "vitest";
import { serveLoopback, type LoopbackOptions } from "../../sandbox/loopback.ts";
import { createAzureOracle } from "./azure.ts";
import { withSpecOracle, type SpecOracle, type WatchedServer } from "./proxy.ts";
import { isPublished } from "./published.ts";

const watched: WatchedServer[] = [];
afterEach(async () => {
  await Promise.all(watched.splice(0).map((one) => one.close()));
});

async function watch(answer: LoopbackOptions["answer"], oracle: SpecOracle) {
  const loopback = await serveLoopback({ port: 0, latencyMs: 0, answer });
  const env = { ENDPOINT: `${loopback.url}/base`, OTHER: "kept" };
  const server = await withSpecOracle({ ...loopback, env }, oracle);
  watched.push(server);
  return { server, behind: loopback.url };
}

const nothingWrong: SpecOracle = { judge: () => ({ operation: "Op", faults: [] }) };

describe("withSpecOracle", () => {
  it("hands on both directions unchanged, and its own host", async () => {
    const { server } = await watch(
      ({ method, url, body }) => ({
        status: 418,
        headers: { "x-kept": "yes" },
        body: { method, body, next: new URL("/next", url).href },
      }),
      nothingWrong,
    );
    const response = await fetch(`${server.url}/a?b=c`, { method: "POST", body: '{"q":1}' });
    expect(response.status).toBe(418);
    expect(response.headers.get("x-kept")).toBe("yes");
    const body = { method: "POST", body: '{"q":1}', next: `${server.url}/next` };
    expect(await response.json()).toEqual(body);
    expect(server.exchanges).toMatchObject([
      {
        method: "POST",
        target: "/a?b=c",
        requestBody: { q: 1 },
        status: 418,
        body,
        operation: "Op",
      },
    ]);
    expect(server.violations).toEqual([]);
  });

  it("points the environment at itself", async () => {
    const { server, behind } = await watch(() => ({ status: 200, body: {} }), nothingWrong);
    expect(server.env).toEqual({ ENDPOINT: `${server.url}/base`, OTHER: "kept" });
    expect(server.url).not.toBe(behind);
  });

  it("keeps what the oracle finds, and that it could not judge", async () => {
    let isBroken = false;
    const { server } = await watch(() => ({ status: 200, body: {} }), {
      judge: () => {
        if (isBroken) throw new TypeError("no idea");
        return { operation: "Op", faults: ["request: bad", "response: worse"] };
      },
    });
    await fetch(`${server.url}/x`);
    expect(server.violations).toEqual([
      { target: "/x", status: 200, fault: "request: bad" },
      { target: "/x", status: 200, fault: "response: worse" },
    ]);
    isBroken = true;
    await expect(fetch(`${server.url}/y`)).rejects.toThrow("fetch failed");
    expect(server.violations.at(-1)).toMatchObject({ target: "/y", status: 0 });
  });

  it("lets a client give up on silence", async () => {
    const { server } = await watch(() => "silence", nothingWrong);
    const answer = fetch(server.url, { signal: AbortSignal.timeout(50) });
    await expect(answer).rejects.toMatchObject({ name: "TimeoutError" });
    expect(server.violations).toEqual([]);
  });

  it.skipIf(!isPublished("specs/azure"))(
    "catches a server that answers Microsoft's way but for one member (needs ../shared/data/specs/azure)",
    async () => {
      const page = { totalRecords: 0, count: "0", data: [], resultTruncated: "false" };
      const { server } = await watch(
        () => ({ status: 200, headers: { "x-ms-request-id": "1" }, body: page }),
        await createAzureOracle(),
      );
      const path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
      const response = await fetch(server.url + path, {
        method: "POST",
        body: JSON.stringify({ query: "resources", options: { $top: 5000 } }),
      });
      expect(response.status).toBe(200);
      expect(server.violations.map(({ fault }) => fault)).toEqual([
        expect.stringMatching(/^request: MAXIMUM .*\$top/),
        expect.stringMatching(/^response: INVALID_TYPE .*\/count/),
      ]);
    },
  );
});
