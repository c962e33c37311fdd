import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseResourcePage } from "../../src/clouds/azure/resource-graph.ts";
import { AppError } from "../../src/domain/errors.ts";
import { publishedPath } from "../spec-oracles/published.ts";

/** Real answers of Azure, recorded by Cloud Custodian's own tests (Apache-2.0); not part of this repository. */
const RECORDED = publishedPath("recorded/azure/cloud-custodian");

const Cassette = z.object({
  interactions: z.array(
    z.object({
      request: z.object({ uri: z.string() }),
      response: z.object({ body: z.object({ data: z.record(z.string(), z.unknown()) }) }),
    }),
  ),
});
const Table = z.object({
  columns: z.array(z.object({ name: z.string() })),
  rows: z.array(z.array(z.unknown())),
});
const ArmList = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      location: z.string(),
      tags: z.record(z.string(), z.string()),
    }),
  ),
});

/** The two answers about the same resources: Resource Graph's, and Resource Manager's own list. */
function recorded(name: string) {
  const file = join(
    RECORDED,
    `ResourceGraphSource.test_resource_graph_and_arm_sources_${name}_are_equivalent.json`,
  );
  const { interactions } = Cassette.parse(JSON.parse(readFileSync(file, "utf8")));
  const graph = interactions.find(({ request }) => request.uri.includes("ResourceGraph"));
  const arm = interactions.find(({ request }) => !request.uri.includes("ResourceGraph"));
  const body = graph?.response.body.data ?? {};
  // These were recorded in 2019, when answers came as a table; every cell of it is taken as it is.
  const { columns, rows } = Table.parse(body["data"]);
  const data = rows.map((row) =>
    Object.fromEntries(columns.map(({ name: column }, at) => [column, row[at]])),
  );
  const { count } = z.object({ count: z.number() }).parse(body);
  return { body: { ...body, count, data }, arm: ArmList.parse(arm?.response.body.data).value };
}

describe.skipIf(!existsSync(RECORDED))(
  "recorded Resource Graph answers (skipped: ../shared/data/recorded/azure is not there)",
  () => {
    it.each(["vm", "storage"])("%s: agree with Resource Manager's own list", (name) => {
      const { body, arm } = recorded(name);
      expect(arm.length).toBeGreaterThan(0);
      const whole = { ...body, count: body.data.length, totalRecords: body.data.length };
      const { rows, skipToken } = parseResourcePage(whole, { firstPage: true });
      expect(skipToken).toBeUndefined();
      const seen = rows.map(({ id, tags, type, region }) => ({
        id: id.toLowerCase(),
        tags: Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])),
        type,
        region,
      }));
      const listed = arm.map(({ id, tags, type, location }) => ({
        id: id.toLowerCase(),
        tags,
        type,
        region: location,
      }));
      expect(seen).toEqual(listed);
    });

    it.each(["vm", "storage"])("%s: are refused as cut short, which the recording is", (name) => {
      // The publisher removed rows and left the counts: exactly what a silently lost row looks like.
      const { body } = recorded(name);
      expect(body.count).toBeGreaterThan(body.data.length);
      expect(() => parseResourcePage(body, { firstPage: true })).toThrowError(AppError);
    });
  },
);
