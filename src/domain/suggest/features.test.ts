import { describe, expect, test } from "vitest";
import { type Link, linksTo } from "../links.ts";
import type { Resource } from "../resource.ts";
import { type Feature, type FeatureKind, featuresOf } from "./features.ts";

interface Made {
  readonly tags?: Readonly<Record<string, string>>;
  readonly links?: readonly Link[] | undefined;
  readonly account?: string;
}

function made({ tags = {}, links, account = "111111111111" }: Made): Resource {
  return {
    cloud: "aws",
    account,
    region: "eu-west-1",
    type: "ec2:instance",
    id: `arn:aws:ec2:eu-west-1:${account}:instance/i-0123456789abcdef0`,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    createdAt: null,
    ...(links === undefined ? {} : { links }),
  };
}

const ofKind = (resource: Resource, kind: FeatureKind): readonly Feature[] =>
  featuresOf(resource).filter((one) => one.kind === kind);
const texts = (resource: Resource, kind: FeatureKind): readonly string[] =>
  ofKind(resource, kind).map(({ text }) => text);

describe("what a resource is connected to", () => {
  const { links } = linksTo({
    network: "vpc-1",
    subnet: "subnet-1",
    security_group: ["sg-1", "sg-2"],
    network_tag: "http-server",
  });

  test.each<[FeatureKind, number]>([
    ["network", 1],
    ["subnet", 1],
    ["security_group", 2],
    ["network_tag", 1],
  ])("%s: %i features", (kind, count) => {
    expect(texts(made({ links }), kind)).toHaveLength(count);
    expect(texts(made({}), kind)).toEqual([]);
  });

  test("a network that accounts share is one; a network tag is a word, and each account's own", () => {
    const other = made({ links, account: "222222222222" });
    expect(texts(other, "network")).toEqual(texts(made({ links }), "network"));
    expect(texts(other, "network_tag")).not.toEqual(texts(made({ links }), "network_tag"));
  });
});

describe("who made it", () => {
  test.each(["createdBy", "CreatedBy", "created-by", "created_by", "Creator"])(
    "%s is a person's tag, from which its own value never follows",
    (key) => {
      expect(ofKind(made({ tags: { [key]: "alice" } }), "creator")).toEqual([
        { kind: "creator", text: "creator=alice", key },
      ]);
      expect(ofKind(made({ tags: { [key]: "alice" } }), "tag")).toEqual([]);
    },
  );

  test("Service Catalog's own tag is there on what people never tagged", () => {
    const who = "arn:aws:iam::111111111111:user/alice";
    const tags = { "aws:servicecatalog:provisioningPrincipalArn": who };
    const [creator] = ofKind(made({ tags }), "creator");
    expect(creator).toEqual({ kind: "creator", text: `creator=${who}` });
  });

  test("is not concluded from other keys", () => {
    expect(ofKind(made({ tags: { recreatedBy: "x", "created-by-tool": "x" } }), "creator")).toEqual(
      [],
    );
  });
});
