import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseResourcePage, searchCall } from "../../src/clouds/gcp/asset-search.ts";
import { gcpRefusal } from "../../src/clouds/gcp/errors.ts";
import { GCP_RESOURCE_TYPES } from "../../src/clouds/gcp/resource-types.ts";
import type { Cell } from "../../src/domain/scan/cell.ts";
import { publishedPath } from "../spec-oracles/published.ts";

/** Real answers of Google, recorded by Cloud Custodian's own tests (Apache-2.0); not part of this repository. */
const RECORDED = publishedPath("recorded/gcp/cloud-custodian");
const DISCOVERY = publishedPath("specs/gcp");

const Flight = z.object({
  headers: z.object({ status: z.string().catch("") }),
  body: z.unknown(),
});
type Flight = z.infer<typeof Flight> & { readonly file: string };

/** Every recorded answer whose path matches; none when the recordings are absent. */
function flights(matches: (file: string, text: string) => boolean): readonly Flight[] {
  if (!existsSync(RECORDED)) return [];
  return readdirSync(RECORDED, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => {
      const text = readFileSync(join(RECORDED, file), "utf8");
      if (!matches(file, text)) return [];
      return [{ file, ...Flight.parse(JSON.parse(text)) }];
    });
}

const CELL: Cell = {
  cloud: "gcp",
  account: "cloud-custodian",
  region: "*",
  resourceType: "*",
};
const Searched = z.object({
  results: z.array(
    z.object({ name: z.string(), location: z.string(), labels: z.record(z.string(), z.string()) }),
  ),
});

describe.skipIf(!existsSync(RECORDED))(
  "recorded answers of Google (skipped: ../shared/data/recorded/gcp is not there)",
  () => {
    const searches = flights((file) => /searchAll(Resources)?_\d+\.json$/.test(file));

    it("hold at least one search of the asset inventory", () => {
      expect(searches.length).toBeGreaterThan(0);
    });

    it.each(searches)("$file is read whole", ({ body }) => {
      const expected = Searched.parse(body).results;
      const { results, nextPageToken } = parseResourcePage(body, CELL);
      expect(nextPageToken).toBeUndefined();
      expect(results.map(({ id }) => id)).toEqual(expected.map(({ name }) => name));
      expect(
        results.map(({ tags }) => Object.fromEntries((tags ?? []).map((t) => [t.key, t.value]))),
      ).toEqual(expected.map(({ labels }) => labels));
      for (const [at, { location }] of expected.entries())
        expect(location.startsWith(results[at]?.region ?? "nowhere")).toBe(true);
    });

    const disabled = flights((file) => /api-disabled\//.test(file));

    it("hold refusals of APIs that are not enabled", () => {
      expect(disabled.length).toBeGreaterThan(0);
    });

    it.each(disabled.filter(({ headers }) => headers.status === "403"))(
      "$file is told from a denial",
      ({ body }) => {
        const error = gcpRefusal({
          status: 403,
          header: () => undefined,
          body,
          operation: "searchAllResources",
          service: "cloudasset.googleapis.com",
          laterPage: false,
          oneType: false,
        });
        expect(error.code).toBe("cloud_unsupported");
        expect(error.hint).toContain("cloudasset.googleapis.com");
      },
    );
  },
);

const Schema = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });
const Document = z.object({ schemas: z.record(z.string(), Schema) });

function discovery(file: string): z.infer<typeof Document> & { readonly text: string } {
  const text = readFileSync(join(DISCOVERY, file), "utf8");
  return { ...Document.parse(JSON.parse(text)), text };
}

/** Where a type's labels are when they are not a member `labels` of its own schema. */
const LABELS_OF: Readonly<Record<string, readonly [schema: string, member: string]>> = {
  "sqladmin.googleapis.com/Instance": ["Settings", "userLabels"],
  "container.googleapis.com/Cluster": ["Cluster", "resourceLabels"],
  "run.googleapis.com/Service": ["GoogleCloudRunV2Service", "labels"],
  "run.googleapis.com/Job": ["GoogleCloudRunV2Job", "labels"],
  "compute.googleapis.com/RegionDisk": ["Disk", "labels"],
  "compute.googleapis.com/GlobalForwardingRule": ["ForwardingRule", "labels"],
};

describe.skipIf(!existsSync(DISCOVERY))(
  "Google's discovery documents (skipped: ../shared/data/specs/gcp is not there)",
  () => {
    const files = existsSync(DISCOVERY)
      ? readdirSync(DISCOVERY).filter((file) => file.endsWith(".json"))
      : [];

    it("know every parameter and field that a search asks for", () => {
      const { schemas, text } = discovery("cloudasset__v1.json");
      const methods = z
        .object({
          resources: z.object({
            v1: z.object({
              methods: z.object({
                searchAllResources: z.object({ parameters: z.record(z.string(), z.unknown()) }),
              }),
            }),
          }),
        })
        .parse(JSON.parse(text));
      const { parameters } = methods.resources.v1.methods.searchAllResources;
      const cell = {
        ...CELL,
        region: "us-central1",
        resourceType: "storage.googleapis.com/Bucket",
      };
      const { query } = searchCall(cell, "token");
      for (const name of query.keys()) expect(Object.keys(parameters)).toContain(name);
      const fields = Object.keys(schemas["ResourceSearchResult"]?.properties ?? {});
      for (const name of (query.get("readMask") ?? "").split(",")) expect(fields).toContain(name);
    });

    it("agree with the catalogue on which types have labels", () => {
      const checked = { labels: 0, none: 0 };
      for (const file of files) {
        const { schemas } = discovery(file);
        const service = `${file.split("__")[0]}.googleapis.com/`;
        for (const { id, taggable } of GCP_RESOURCE_TYPES.filter((t) => t.id.startsWith(service))) {
          const [schema, member] = LABELS_OF[id] ?? [id.slice(service.length), "labels"];
          const found = schemas[schema];
          // The documents are extracts: a schema that is not in them proves nothing.
          if (found === undefined) continue;
          expect({ id, taggable }).toEqual({ id, taggable: member in found.properties });
          checked[taggable ? "labels" : "none"] += 1;
        }
      }
      expect(checked.labels).toBeGreaterThanOrEqual(20);
      expect(checked.none).toBeGreaterThanOrEqual(2);
    });
  },
);
