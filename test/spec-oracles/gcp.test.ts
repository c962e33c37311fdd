import { beforeAll, describe, expect, it } from "vitest";
import { createGcpOracle } from "./gcp.ts";
import type { Exchange, SpecOracle } from "./proxy.ts";
import { isPublished } from "./published.ts";

const SEARCH = "/v1/projects/larkspur:searchAllResources";
const found = { name: "//storage.googleapis.com/b", assetType: "storage.googleapis.com/Bucket" };

function search(change: Partial<Exchange> = {}): Exchange {
  return {
    method: "GET",
    target: `${SEARCH}?pageSize=500&assetTypes=a&assetTypes=b&alt=json`,
    requestBody: undefined,
    status: 200,
    headers: {},
    body: { results: [{ ...found, labels: { env: "prod" } }], nextPageToken: "x" },
    ...change,
  };
}

function refusal(change: object): Partial<Exchange> {
  const error = { code: 403, message: "no", status: "PERMISSION_DENIED", ...change };
  return { status: 403, body: { error } };
}

describe.skipIf(!isPublished("specs/gcp"))(
  "the GCP oracle (needs ../shared/data/specs/gcp)",
  () => {
    let oracle: SpecOracle;
    beforeAll(() => {
      oracle = createGcpOracle();
    });

    it.each<[string, Partial<Exchange>]>([
      ["cloudasset.searchAllResources", {}],
      ["cloudasset.searchAllResources", { body: {} }],
      ["cloudasset.searchAllResources", refusal({})],
      [
        "cloudresourcemanager.projects.search",
        { target: "/v3/projects:search?query=state:ACTIVE", body: {} },
      ],
      ["cloudresourcemanager.projects.list", { target: "/v3/projects?parent=folders/1", body: {} }],
      ["cloudresourcemanager.projects.get", { target: "/v3/projects/larkspur", body: {} }],
    ])("finds nothing wrong with a right %s", async (operation, change) => {
      expect(await oracle.judge(search(change))).toEqual({ operation, faults: [] });
    });

    it.each<[string, Partial<Exchange>, RegExp]>([
      [
        "an unknown query parameter",
        { target: `${SEARCH}?top=5` },
        /request: unknown query parameter/,
      ],
      ["a page size that is no number", { target: `${SEARCH}?pageSize=all` }, /request: pageSize/],
      [
        "a parameter given twice",
        { target: `${SEARCH}?query=a&query=b` },
        /request: query is given 2/,
      ],
      ["an unknown answer field", { body: { resources: [] } }, /response: .*additional properties/],
      [
        "an unknown field of a result",
        { body: { results: [{ ...found, tag: 1 }] } },
        /response: \/results\/0/,
      ],
      [
        "labels that are no text",
        { body: { results: [{ labels: { a: 1 } }] } },
        /labels\/a must be string/,
      ],
      [
        "a time of another form",
        { body: { results: [{ createTime: "today" }] } },
        /createTime must match/,
      ],
      [
        "a scope that is not published",
        { target: "/v1/everything:searchAllResources" },
        /no published method/,
      ],
      ["the wrong verb", { method: "POST" }, /no published method/],
      ["an error with another code", refusal({ code: 401 }), /error.code is 401/],
      [
        "an error with an invented status",
        refusal({ status: "FORBIDDEN" }),
        /response: error\/status/,
      ],
      ["an error with an unknown field", refusal({ reason: "x" }), /Unrecognized key/],
    ])("catches %s", async (_, change, expected) => {
      const { faults } = await oracle.judge(search(change));
      expect(faults.join("\n")).toMatch(expected);
    });
  },
);
