import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { COLUMNS } from "../../sandbox/azure/kql.ts";
import { createAzureOracle } from "../spec-oracles/azure.ts";
import { isPublished, publishedPath } from "../spec-oracles/published.ts";

/** A recording of Azure Resource Manager made by Cloud Custodian's tests (Apache-2.0). */
const cassetteSchema = z.object({
  interactions: z.array(
    z.object({
      request: z.object({ method: z.string(), uri: z.string() }),
      response: z.object({
        status: z.object({ code: z.int() }),
        headers: z.record(z.string(), z.array(z.string())),
        body: z.object({ data: z.unknown().optional() }),
      }),
    }),
  ),
});
type Interaction = z.infer<typeof cassetteSchema>["interactions"][number];

function recordings(): readonly Interaction[] {
  const folder = publishedPath("recorded/azure/cloud-custodian");
  return readdirSync(folder).flatMap(
    (file) =>
      cassetteSchema.parse(JSON.parse(readFileSync(path.join(folder, file), "utf8"))).interactions,
  );
}

/** Headers that the recordings left out and that the specification asks for. */
const DROPPED = { "x-ms-request-id": "", "x-ms-correlation-request-id": "" };

/**
 * Judges an answer only: the recordings have no request bodies. A made one stands in for Resource
 * Graph's, whose recordings are of version 2019-04-01 and are held against that of 2022-10-01.
 */
async function judgeAll(chosen: readonly Interaction[]) {
  const oracle = await createAzureOracle();
  return Promise.all(
    chosen.map(async ({ request, response }) => {
      const { pathname, search } = new URL(request.uri);
      return oracle.judge({
        method: request.method,
        target: pathname + search.replace("2019-04-01", "2022-10-01"),
        requestBody: request.method === "POST" ? { query: "resources" } : undefined,
        status: response.status.code,
        headers: { "content-type": "application/json; charset=utf-8", ...DROPPED },
        body: response.body.data,
      });
    }),
  );
}

describe.skipIf(!isPublished("specs/azure") || !isPublished("recorded/azure"))(
  "recorded Azure answers (needs ../shared/data/specs/azure and ../shared/data/recorded/azure)",
  () => {
    it("of Resource Graph are as published (answers only; version 2019-04-01 read as 2022-10-01)", async () => {
      const graph = recordings().filter(({ request }) =>
        /ResourceGraph\/resources/.test(request.uri),
      );
      expect(graph).toHaveLength(2);
      expect(await judgeAll(graph)).toEqual(
        graph.map(() => ({ operation: "Resources", faults: [] })),
      );
    });

    it("of Subscriptions_Get are as published (no list of subscriptions or locations was recorded)", async () => {
      const get = recordings().filter(({ request }) =>
        /\/subscriptions\/[^/]+\?api-version=2022-12-01$/.test(request.uri),
      );
      expect(get.length).toBeGreaterThan(10);
      expect(await judgeAll(get)).toEqual(
        get.map(() => ({ operation: "Subscriptions_Get", faults: [] })),
      );
    });

    it("of Resource Graph have the columns that the simulation has", () => {
      const tableSchema = z.object({
        data: z.object({ columns: z.array(z.object({ name: z.string() })) }),
      });
      const tables = recordings()
        .filter(({ request }) => /ResourceGraph\/resources/.test(request.uri))
        .map(({ response }) => tableSchema.parse(response.body.data).data.columns);
      expect(tables).toHaveLength(2);
      for (const columns of tables) {
        expect(new Set(columns.map(({ name }) => name))).toEqual(new Set(COLUMNS));
      }
    });
  },
);
