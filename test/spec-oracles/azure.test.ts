import { beforeAll, describe, expect, it } from "vitest";
import { createAzureOracle } from "./azure.ts";
import type { Exchange, SpecOracle } from "./proxy.ts";
import { isPublished } from "./published.ts";

const GRAPH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
const HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-ms-request-id": "1",
  "x-ms-correlation-request-id": "1",
};

function query(change: Partial<Exchange> = {}): Exchange {
  return {
    method: "POST",
    target: GRAPH,
    requestBody: { query: "resources | project id", options: { $top: 1000 } },
    status: 200,
    headers: HEADERS,
    body: page({}),
    ...change,
  };
}

function page(change: object): object {
  const data = [{ id: "/subscriptions/1", tags: null }];
  return { totalRecords: 1, count: 1, data, facets: [], resultTruncated: "false", ...change };
}

describe.skipIf(!isPublished("specs/azure"))(
  "the Azure oracle (needs ../shared/data/specs/azure)",
  () => {
    let oracle: SpecOracle;
    beforeAll(async () => {
      oracle = await createAzureOracle();
    });

    it("finds nothing wrong with a right exchange", async () => {
      expect(await oracle.judge(query())).toEqual({ operation: "Resources", faults: [] });
    });

    it.each<[string, Partial<Exchange>, RegExp]>([
      [
        "a page size of 5000",
        { requestBody: { query: "", options: { $top: 5000 } } },
        /request: MAXIMUM/,
      ],
      [
        "an unknown query parameter",
        { target: `${GRAPH}&$top=5` },
        /unknown query parameter \$top/,
      ],
      [
        "an unknown request field",
        { requestBody: { query: "", top: 5 } },
        /request: OBJECT_ADDITIONAL/,
      ],
      ["no query", { requestBody: {} }, /request: OBJECT_MISSING_REQUIRED/],
      ["a count that is text", { body: page({ count: "1" }) }, /response: INVALID_TYPE/],
      ["an unknown answer field", { body: page({ pages: 1 }) }, /response: OBJECT_ADDITIONAL/],
      [
        "a truncation mark that is a boolean",
        { body: page({ resultTruncated: true }) },
        /response: INVALID_TYPE/,
      ],
      [
        "an error without a code",
        { status: 403, body: { error: { message: "" } } },
        /response: OBJECT_MISSING/,
      ],
      [
        "a version that is not published",
        { target: GRAPH.replace("2022", "2099") },
        /not validated/,
      ],
      [
        "a path that is not published",
        { target: "/subscriptions/1/tags" },
        /no published operation/,
      ],
      ["the wrong verb", { method: "GET" }, /no published operation/],
    ])("catches %s", async (_, change, expected) => {
      const { faults } = await oracle.judge(query(change));
      expect(faults.join("\n")).toMatch(expected);
    });

    it("lets pass only the departure from the document that Azure itself makes", async () => {
      const details = (more: object) => ({
        status: 400,
        body: {
          error: { code: "BadRequest", message: "", details: [{ code: "", message: "", ...more }] },
        },
      });
      expect((await oracle.judge(query(details({ line: 1, token: "x" })))).faults).toEqual([]);
      expect((await oracle.judge(query(details({ column: 1 })))).faults).toHaveLength(1);
    });
  },
);
