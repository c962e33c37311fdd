import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from "@aws-sdk/client-rds";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linksTo } from "../../src/domain/links.ts";
import type { EstateResource } from "../estate/types.ts";
import { type AwsTestSession, startTestAws } from "./test-session.ts";

let session: AwsTestSession;
let rds: RDSClient;
let lambda: LambdaClient;

beforeAll(async () => {
  session = await startTestAws();
  rds = new RDSClient(session.settings());
  lambda = new LambdaClient(session.settings());
});
afterAll(async () => {
  rds.destroy();
  lambda.destroy();
  await session.close();
});

/** What the management account has of a type in the Region of the clients. */
function planted(type: string): readonly EstateResource[] {
  const { estate, managementAccount: account } = session;
  return estate.groups
    .filter((group) => group.account === account && group.type === type)
    .filter(({ region }) => region === "us-east-1")
    .flatMap((group) => Array.from({ length: group.count }, (_, at) => estate.resource(group, at)));
}

const linksOf = (resource: EstateResource) => session.estate.linksOf(resource);

describe("RDS", () => {
  test.each([20, 100])("instances in pages of %i, with tags and networks", async (pageSize) => {
    const pages = await Array.fromAsync(paginateDescribeDBInstances({ client: rds, pageSize }, {}));
    const found = pages.flatMap(({ DBInstances = [] }) =>
      DBInstances.map((db) => [
        db.DBInstanceArn,
        db.InstanceCreateTime?.toISOString(),
        db.TagList?.map(({ Key, Value }) => ({ key: Key, value: Value })),
        linksTo({
          network: db.DBSubnetGroup?.VpcId,
          security_group: db.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
        }).links,
      ]),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(
      planted("rds:db").map((one) => [one.id, one.createdAt, one.tags, linksOf(one)]),
    );
  });

  test("there are no clusters, and a marker of nobody's is refused", async () => {
    const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
    expect(DBClusters).toEqual([]);
    const asked = rds.send(new DescribeDBInstancesCommand({ Marker: "nonsense" }));
    await expect(asked).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});

describe("Lambda", () => {
  test("functions, 50 a page whatever is asked for, with the network of those that are in one", async () => {
    const pages = await Array.fromAsync(
      paginateListFunctions({ client: lambda, pageSize: 1000 }, {}),
    );
    const found = pages.flatMap(({ Functions = [] }) =>
      Functions.map(({ FunctionArn, VpcConfig }) => [
        FunctionArn,
        linksTo({
          network: VpcConfig?.VpcId,
          subnet: VpcConfig?.SubnetIds,
          security_group: VpcConfig?.SecurityGroupIds,
        }).links ?? [],
      ]),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(planted("lambda:function").map((one) => [one.id, linksOf(one)]));
    for (const { Functions = [] } of pages) expect(Functions.length).toBeLessThanOrEqual(50);
  });
});
