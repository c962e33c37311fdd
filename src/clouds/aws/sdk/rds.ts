import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface RdsApi {
  readonly instances: List;
  readonly clusters: List;
  readonly snapshots: List;
  readonly clusterSnapshots: List;
}

const PAGE_SIZE = 100;

const instances =
  (client: RDSClient): List =>
  async (token, signal) => {
    const command = new DescribeDBInstancesCommand({ MaxRecords: PAGE_SIZE, Marker: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.DBInstances, answer.Marker, (db) =>
      db.DBInstanceStatus === "deleting"
        ? undefined
        : { id: db.DBInstanceArn, tags: readTags(db.TagList), createdAt: db.InstanceCreateTime },
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
