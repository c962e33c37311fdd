import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readDiscovery, type DiscoveredApi } from "../spec-oracles/discovery.ts";
import { judgeGoogleError, readApi } from "../spec-oracles/gcp.ts";
import { isPublished, publishedPath } from "../spec-oracles/published.ts";

/** A recording of a Google API made by Cloud Custodian's tests (Apache-2.0). */
const flightSchema = z.object({
  headers: z.looseObject({
    status: z.string().optional(),
    date: z.string().optional(),
    "content-location": z.string().optional(),
  }),
  body: z.unknown().optional(),
});
interface Flight {
  readonly verb: string;
  readonly status: number;
  readonly url: URL | undefined;
  readonly body: unknown;
}

/** The recorded ones; files without a date were written by hand. */
function flights(): readonly Flight[] {
  const folder = publishedPath("recorded/gcp/cloud-custodian");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.flatMap((file) => {
    if (!file.endsWith(".json")) return [];
    const { headers, body } = flightSchema.parse(
      JSON.parse(readFileSync(path.join(folder, file), "utf8")),
    );
    if (headers.date === undefined || headers.status === undefined) return [];
    const location = headers["content-location"];
    return [
      {
        verb: path.basename(file).replace(/-.*/s, "").toUpperCase(),
        status: Number(headers.status),
        url: location === undefined ? undefined : new URL(location),
        body,
      },
    ];
  });
}

/** Documents of the same age as the recordings or younger. That of Compute Engine is older. */
function documents(): readonly { readonly host: string; readonly api: DiscoveredApi }[] {
  const folder = publishedPath("specs/gcp");
  const rootSchema = z.looseObject({ rootUrl: z.string() });
  return readdirSync(folder).flatMap((file) => {
    if (!file.endsWith(".json") || file.startsWith("compute__")) return [];
    const json = rootSchema.parse(JSON.parse(readFileSync(path.join(folder, file), "utf8")));
    return [{ host: new URL(json.rootUrl).host, api: readDiscovery(json) }];
  });
}

describe.skipIf(!isPublished("specs/gcp") || !isPublished("recorded/gcp"))(
  "recorded Google answers (needs ../shared/data/specs/gcp and ../shared/data/recorded/gcp)",
  () => {
    let recorded: readonly Flight[];
    beforeAll(() => {
      recorded = flights();
    });

    it("of the asset search are as published (answers only: the recorded path is of v1p1beta1)", () => {
      const searches = recorded.filter(({ url }) => url?.pathname.endsWith("resources:searchAll"));
      expect(searches).toHaveLength(1);
      const asset = readApi("cloudasset__v1");
      for (const { body } of searches) {
        expect(asset.judgeBody({ $ref: "SearchAllResourcesResponse" }, body)).toEqual([]);
      }
    });

    it("of every other service are as published (not Compute Engine, whose document is older; no Resource Manager v3 was recorded)", () => {
      const apis = documents();
      const judged = recorded.flatMap(({ verb, status, url, body }) => {
        if (url === undefined || status !== 200) return [];
        for (const { host, api } of apis) {
          if (host !== url.host) continue;
          const method = api.match(verb, decodeURIComponent(url.pathname));
          if (method === undefined) continue;
          const faults = [
            ...api.judgeQuery(method, url.searchParams),
            ...api.judgeBody(method.response, body),
          ];
          return [{ id: method.id, faults }];
        }
        return [];
      });
      expect(judged.length).toBeGreaterThan(50);
      expect(judged.filter(({ faults }) => faults.length > 0)).toEqual([]);
    });

    it("that are errors have the envelope that all Google APIs share", () => {
      const errors = recorded.filter(({ status }) => status >= 400);
      expect(errors.length).toBeGreaterThanOrEqual(5);
      expect(errors.flatMap(({ status, body }) => judgeGoogleError(status, body))).toEqual([]);
    });
  },
);
