import { describe, expect, it } from "vitest";
import type { Cell } from "../../domain/scan/cell.ts";
import { gcpRegion, parseResourcePage, searchCall } from "./asset-search.ts";
import { GCP_RESOURCE_TYPES } from "./resource-types.ts";

const INSTANCE = "compute.googleapis.com/Instance";

function cell(region = "*", resourceType = "*"): Cell {
  return { cloud: "gcp", account: "shop-prod", region, resourceType };
}

describe("searchCall", () => {
  it("asks for the largest pages of one project, in a total order", () => {
    const call = searchCall(cell(), undefined);
    expect(call.path).toBe("/v1/projects/shop-prod:searchAllResources");
    expect(Object.fromEntries(call.query)).toEqual({
      pageSize: "500",
      readMask: "name,assetType,project,location,labels,createTime,effectiveTags,networkTags",
      orderBy: "name",
    });
  });

  it("asks for one type, one region and the next page", () => {
    const { query } = searchCall(cell("us-central1", INSTANCE), "next");
    expect(query.getAll("assetTypes")).toEqual([INSTANCE]);
    expect(query.get("query")).toBe("location:us-central1");
    expect(query.get("pageToken")).toBe("next");
  });

  it("cannot ask for what has no location, so it asks for everything", () => {
    expect(searchCall(cell("global"), undefined).query.has("query")).toBe(false);
  });

  it("keeps a legacy project id inside its path segment", () => {
    const legacy = { ...cell(), account: "example.com:shop/../x" };
    expect(searchCall(legacy, undefined).path).toBe(
      "/v1/projects/example.com%3Ashop%2F..%2Fx:searchAllResources",
    );
  });
});

const RESULT = {
  name: "//compute.googleapis.com/projects/shop-prod/zones/us-central1-a/instances/vm-1",
  assetType: INSTANCE,
  project: "projects/1098479648729",
  location: "us-central1-a",
  labels: { cost_center: "fin", empty: "" },
  networkTags: ["http-server"],
  createTime: "2024-02-29T23:59:59.123456Z",
};

const resultIn = (location: string): object => ({ ...RESULT, location });

function read(results: readonly unknown[], where = cell()) {
  return parseResourcePage({ results }, where).results;
}

describe("parseResourcePage", () => {
  it("maps a result: labels are its tags, network tags are evidence alone", () => {
    expect(read([RESULT])).toEqual([
      {
        cloud: "gcp",
        account: "shop-prod",
        region: "us-central1",
        type: INSTANCE,
        id: RESULT.name,
        tags: [
          { key: "cost_center", value: "fin" },
          { key: "empty", value: "" },
        ],
        inheritedTags: [],
        createdAt: "2024-02-29T23:59:59.123Z",
        links: [{ kind: "network_tag", to: "http-server" }],
      },
    ]);
  });

  it("keeps effective Resource Manager tags apart from labels, with where they come from", () => {
    const organization = "//cloudresourcemanager.googleapis.com/organizations/433617025984";
    const tag = (tagKey: string, tagValue: string) => ({ tagKey, tagValue });
    const effectiveTags = [
      { attachedResource: RESULT.name, effectiveTags: [tag("433/env", "433/env/prod")] },
      {
        attachedResource: organization,
        effectiveTags: [tag("433/owner", "433/owner/it/eu"), tag("433/odd", "free text")],
      },
      { attachedResource: organization },
    ];
    const [found] = read([{ ...RESULT, effectiveTags }]);
    expect(found?.tags?.map(({ key }) => key)).toEqual(["cost_center", "empty"]);
    expect(found?.inheritedTags).toEqual([
      { key: "433/env", value: "prod", from: RESULT.name },
      { key: "433/owner", value: "it/eu", from: organization },
      { key: "433/odd", value: "free text", from: organization },
    ]);
  });

  it("reads absent labels as none, and an absent time as not known", () => {
    const [bare] = read([{ ...RESULT, labels: undefined, createTime: undefined }]);
    expect(bare).toMatchObject({ tags: [], createdAt: null });
  });

  it("leaves out what nobody can label, and keeps unknown types that are labelled", () => {
    const results = [
      { ...RESULT, assetType: "serviceusage.googleapis.com/Service" },
      { ...RESULT, assetType: "iam.googleapis.com/ServiceAccount", labels: undefined },
      { ...RESULT, assetType: "newthing.googleapis.com/Widget" },
      { ...RESULT, assetType: "newthing.googleapis.com/Record", labels: undefined },
    ];
    expect(read(results).map(({ type }) => type)).toEqual(["newthing.googleapis.com/Widget"]);
  });

  it("leaves to other cells what is theirs: the search by words finds more than was asked", () => {
    const results = ["us-central1-a", "us-central1", "us", "northamerica-us-central1"].map(
      resultIn,
    );
    expect(read(results, cell("us-central1")).map(({ region }) => region)).toEqual([
      "us-central1",
      "us-central1",
    ]);
    expect(read(results, cell("us"))).toHaveLength(1);
  });

  it("takes an empty page and its token", () => {
    expect(parseResourcePage({ nextPageToken: "next" }, cell())).toEqual({
      results: [],
      nextPageToken: "next",
    });
    expect(parseResourcePage({}, cell()).nextPageToken).toBeUndefined();
  });

  it.each([
    ["no page at all", "<html>proxy</html>"],
    ["a result without name", { results: [{ ...RESULT, name: undefined }] }],
    ["labels that are no map", { results: [{ ...RESULT, labels: ["x"] }] }],
  ])("never drops what it cannot read: %s", (_, body) => {
    expect(() => parseResourcePage(body, cell())).toThrowError(
      expect.objectContaining({ code: "cloud_unavailable" }),
    );
  });
});

describe("gcpRegion", () => {
  it.each([
    ["us-central1-a", "us-central1"],
    ["northamerica-northeast1-b", "northamerica-northeast1"],
    ["europe-west12-c", "europe-west12"],
    ["us-central1", "us-central1"],
    ["US", "us"],
    ["nam-eur-asia1", "nam-eur-asia1"],
    ["global", "global"],
    ["", "global"],
    [undefined, "global"],
  ])("%j is in %s", (location, region) => {
    expect(gcpRegion(location)).toBe(region);
  });
});

describe("GCP_RESOURCE_TYPES", () => {
  it("names every type once", () => {
    const ids = GCP_RESOURCE_TYPES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("knows the common types that can be labelled", () => {
    expect(GCP_RESOURCE_TYPES.filter(({ taggable }) => taggable).length).toBeGreaterThan(40);
    for (const { id } of GCP_RESOURCE_TYPES) expect(id).toMatch(/^[a-z]+\.googleapis\.com\/\w+$/);
  });
});
