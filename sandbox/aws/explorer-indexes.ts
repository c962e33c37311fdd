import { failure, json, type WireResult } from "./protocol.ts";
import type { AwsCall } from "./service.ts";
import type { World } from "./world.ts";

export const AGGREGATOR_REGION = "us-east-1";

/** Everything was indexed at this moment. */
export const REPORTED_AT = "2026-11-20T06:00:00Z";

interface Index {
  readonly Arn: string;
  readonly Region: string;
  readonly Type: "AGGREGATOR" | "LOCAL";
}

/** One in every enabled Region; that of the aggregator Region holds them all. */
export function indexesOf(world: World, account: string): readonly Index[] {
  return world
    .regions(account)
    .filter(({ optInStatus }) => optInStatus !== "not-opted-in")
    .map(({ name }) => ({
      Arn: `arn:aws:resource-explorer-2:${name}:${account}:index/11111111-2222-4333-8444-666666666666`,
      Region: name,
      Type: name === AGGREGATOR_REGION ? "AGGREGATOR" : "LOCAL",
    }));
}

export function getIndex(
  { on }: { readonly on: boolean },
  { world, account, region }: AwsCall,
): WireResult {
  const indexes = on ? indexesOf(world, account) : [];
  const index = indexes.find(({ Region }) => Region === region);
  if (index === undefined)
    return failure(
      "ResourceNotFoundException",
      "Index does not exist for this account and Region.",
      404,
    );
  const { Arn, Type } = index;
  const others = indexes.map(({ Region }) => Region).filter((name) => name !== region);
  const replication =
    Type === "AGGREGATOR" ? { ReplicatingFrom: others } : { ReplicatingTo: [AGGREGATOR_REGION] };
  return json({
    Arn,
    Type,
    State: "ACTIVE",
    CreatedAt: REPORTED_AT,
    LastUpdatedAt: REPORTED_AT,
    Tags: {},
    ...replication,
  });
}
