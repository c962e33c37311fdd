import { describe, expect, test } from "vitest";
import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { createSharedLists, type NameIndex, type SharedLists } from "./shared-lists.ts";
import type { EksApi } from "./sdk/eks.ts";
import type { List } from "./sdk/listing.ts";
import { eksNodegroup } from "./types/eks-nodegroup.ts";

const { signal } = new AbortController();
const SHOP = "arn:aws:eks:eu-west-1:123456789012:cluster/shop";

function indexOf(list: NameIndex["list"]): NameIndex & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    covers: (type, region) => type === "eks:cluster" && region !== "sa-east-1",
    list: (type, own) => {
      asked.push(type);
      return list(type, own);
    },
  };
}

describe("names from an account's index", () => {
  test("one list for all Regions; a Region without any has none", async () => {
    const index = indexOf(async () => new Map([["eu-west-1", [SHOP]]]));
    const shared = createSharedLists(index);
    expect(
      await Promise.all(
        ["eu-west-1", "us-east-1"].map((at) => shared.indexedNames("eks:cluster", at, signal)),
      ),
    ).toEqual([["shop"], []]);
    expect(index.asked).toEqual(["eks:cluster"]);
  });

  test.each([
    ["another type", "ecs:cluster", "eu-west-1"],
    ["a Region without an index", "eks:cluster", "sa-east-1"],
  ])("%s: the index is not asked, and says nothing", async (_, type, region) => {
    const index = indexOf(async () => new Map());
    expect(await createSharedLists(index).indexedNames(type, region, signal)).toBeUndefined();
    expect(index.asked).toEqual([]);
  });

  test.each([
    ["is too long", undefined],
    ["is denied", new AppError("cloud_denied", "Denied.")],
  ])("a list that %s says nothing, in any Region, and is asked once", async (_, failure) => {
    const index = indexOf(async () => {
      if (failure !== undefined) throw failure;
      return undefined;
    });
    const shared = createSharedLists(index);
    for (const region of ["eu-west-1", "us-east-1"])
      expect(await shared.indexedNames("eks:cluster", region, signal)).toBeUndefined();
    expect(index.asked).toEqual(["eks:cluster"]);
  });

  test("a cancelled list is cancelled, and defects are not hidden", async () => {
    for (const error of [new AppError("cancelled", "Cancelled."), new TypeError("defect")]) {
      const shared = createSharedLists(indexOf(() => Promise.reject(error)));
      await expect(shared.indexedNames("eks:cluster", "eu-west-1", signal)).rejects.toBe(error);
    }
  });

  test("without an index nothing is said", async () => {
    const shared = createSharedLists(null);
    expect(await shared.indexedNames("eks:cluster", "eu-west-1", signal)).toBeUndefined();
  });
});

describe("node groups of indexed clusters", () => {
  const oneOf =
    (...ids: readonly string[]): List =>
    () =>
      Promise.resolve({ rows: ids.map((id) => ({ id, createdAt: null })), next: undefined });
  const failing =
    (code: "not_found" | "internal"): List =>
    () =>
      Promise.reject(new AppError(code, "No."));

  /** EKS has the cluster `shop`; of others it says what AWS says. */
  async function read(indexed: readonly string[]) {
    let clusterLists = 0;
    const api: EksApi = {
      clusters: (token, own) => {
        clusterLists += 1;
        return oneOf("shop")(token, own);
      },
      nodegroupsOf: (cluster) => {
        if (cluster === "shop") return oneOf("spot");
        return failing(cluster === "deleted" ? "not_found" : "internal");
      },
      nodegroup: async (cluster, name) => ({
        id: `arn:aws:eks:eu-west-1:123456789012:nodegroup/${cluster}/${name}/1`,
        tags: [],
        createdAt: null,
      }),
    };
    const call = ((_target, own, send) => send(api as never, own)) satisfies AwsCalls["call"];
    const calls: AwsCalls = {
      call,
      at: (): AwsCalls => calls,
      sent: () => 0,
      close: async () => {},
    };
    const shared: SharedLists = {
      indexedNames: async () => indexed,
      once: (_name, list) => list(),
    };
    const place = { account: "123456789012", partition: "aws", region: "eu-west-1" };
    const pages = eksNodegroup.list({ ...place, calls, within: undefined, signal, shared });
    const found = (await Array.fromAsync(pages)).flat().map(({ id }) => id.split("nodegroup/")[1]);
    return { found, clusterLists };
  }

  test.each([
    ["as the index has them", ["shop"], ["shop/spot/1"], 0],
    ["none where there is no cluster", [], [], 0],
    [
      "without those of a cluster that is deleted meanwhile",
      ["deleted", "shop"],
      ["shop/spot/1"],
      0,
    ],
    [
      "by the service's own list where it refuses one as invalid",
      ["shop", "external"],
      ["shop/spot/1"],
      1,
    ],
  ])("%s", async (_, indexed, found, clusterLists) => {
    expect(await read(indexed)).toEqual({ found, clusterLists });
  });
});
