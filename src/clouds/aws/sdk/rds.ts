import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface RdsApi {
  readonly instances: List;
  readonly clusters: List;
  readonly snapshots: List;
  readonly clusterSnapshots: List;
}

const PAGE_SIZE = 100;

const groupsOf = (
  groups: readonly { readonly VpcSecurityGroupId?: string | undefined }[] | undefined,
): readonly (string | undefined)[] | undefined =>
  groups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);

const instances =
  (client: RDSClient): List =>
  async (token, signal) => {
    const command = new DescribeDBInstancesCommand({ MaxRecords: PAGE_SIZE, Marker: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.DBInstances, answer.Marker, (db) =>
      db.DBInstanceStatus === "deleting"
        ? undefined
        : {
            id: db.DBInstanceArn,
            tags: readTags(db.TagList),
            createdAt: db.InstanceCreateTime,
            // Its subnet group lists where it may be, not where it is.
            ...linksTo({
              network: db.DBSubnetGroup?.VpcId,
              security_group: groupsOf(db.VpcSecurityGroups),
            }),
          },
    );
  };

const clusters =
  (client: RDSClient): List =>
  async (token, signal) => {
    const command = new DescribeDBClustersCommand({ MaxRecords: PAGE_SIZE, Marker: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.DBClusters, answer.Marker, (cluster) =>
      cluster.Status === "deleting"
        ? undefined
        : {
            id: cluster.DBClusterArn,
            tags: readTags(cluster.TagList),
            createdAt: cluster.ClusterCreateTime,
            ...linksTo({ security_group: groupsOf(cluster.VpcSecurityGroups) }),
          },
    );
  };

const snapshots =
  (client: RDSClient): List =>
  async (token, signal) => {
    const command = new DescribeDBSnapshotsCommand({ MaxRecords: PAGE_SIZE, Marker: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.DBSnapshots, answer.Marker, (snapshot) =>
      snapshot.Status === "deleting"
        ? undefined
        : {
            id: snapshot.DBSnapshotArn,
            tags: readTags(snapshot.TagList),
            createdAt: snapshot.SnapshotCreateTime,
            ...linksTo({ network: snapshot.VpcId }),
          },
    );
  };

const clusterSnapshots =
  (client: RDSClient): List =>
  async (token, signal) => {
    const command = new DescribeDBClusterSnapshotsCommand({
      MaxRecords: PAGE_SIZE,
      Marker: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.DBClusterSnapshots, answer.Marker, (snapshot) =>
      snapshot.Status === "deleting"
        ? undefined
        : {
            id: snapshot.DBClusterSnapshotArn,
            tags: readTags(snapshot.TagList),
            createdAt: snapshot.SnapshotCreateTime,
            ...linksTo({ network: snapshot.VpcId }),
          },
    );
  };

export function connect(options: ConnectOptions): RdsApi {
  const client = new RDSClient(clientSettings(options));
  return {
    instances: instances(client),
    clusters: clusters(client),
    snapshots: snapshots(client),
    clusterSnapshots: clusterSnapshots(client),
  };
}
