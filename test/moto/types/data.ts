import {
  BackupClient,
  CreateBackupVaultCommand,
  TagResourceCommand as TagVault,
  UntagResourceCommand as UntagVault,
} from "@aws-sdk/client-backup";
import {
  CreateTableCommand,
  DynamoDBClient,
  TagResourceCommand as TagTable,
  UntagResourceCommand as UntagTable,
} from "@aws-sdk/client-dynamodb";
import {
  CreateFileSystemCommand as CreateEfs,
  EFSClient,
  TagResourceCommand as TagEfs,
  UntagResourceCommand as UntagEfs,
} from "@aws-sdk/client-efs";
import {
  AddTagsToResourceCommand as TagCache,
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  ElastiCacheClient,
  RemoveTagsFromResourceCommand as UntagCache,
} from "@aws-sdk/client-elasticache";
import {
  CreateFileSystemCommand as CreateFsx,
  FSxClient,
  TagResourceCommand as TagFsx,
  UntagResourceCommand as UntagFsx,
} from "@aws-sdk/client-fsx";
import {
  AddTagsCommand as TagDomain,
  CreateDomainCommand,
  OpenSearchClient,
  RemoveTagsCommand as UntagDomain,
} from "@aws-sdk/client-opensearch";
import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  RDSClient,
  RemoveTagsFromResourceCommand,
} from "@aws-sdk/client-rds";
import {
  CreateClusterCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  RedshiftClient,
} from "@aws-sdk/client-redshift";
import { byArn, known, regional, type Seed, type Settings } from "./seed.ts";

/** Databases and storage. */
export function dataSeeds(settings: Settings): readonly Seed[] {
  return [
    ...rdsSeeds(new RDSClient(settings)),
    ...cacheSeeds(new ElastiCacheClient(settings)),
    ...storageSeeds(settings),
    ...tableSeeds(settings),
  ];
}

function rdsSeeds(rds: RDSClient): readonly Seed[] {
  const password = { MasterUsername: "admin", MasterUserPassword: "only-in-moto" };
  const instance = async (name: string): Promise<string> =>
    known(
      (
        await rds.send(
          new CreateDBInstanceCommand({
            DBInstanceIdentifier: name,
            DBInstanceClass: "db.t3.micro",
            Engine: "postgres",
            AllocatedStorage: 10,
            ...password,
          }),
        )
      ).DBInstance?.DBInstanceArn,
    );
  const cluster = async (name: string): Promise<string> =>
    known(
      (
        await rds.send(
          new CreateDBClusterCommand({
            DBClusterIdentifier: name,
            Engine: "aurora-postgresql",
            ...password,
          }),
        )
      ).DBCluster?.DBClusterArn,
    );
  const kinds: Readonly<Record<string, (name: string) => Promise<string | undefined>>> = {
    db: instance,
    cluster,
    snapshot: async (name) => {
      await instance(`of-${name}`);
      const answer = await rds.send(
        new CreateDBSnapshotCommand({
          DBInstanceIdentifier: `of-${name}`,
          DBSnapshotIdentifier: name,
        }),
      );
      return answer.DBSnapshot?.DBSnapshotArn;
    },
    "cluster-snapshot": async (name) => {
      await cluster(`of-${name}`);
      const answer = await rds.send(
        new CreateDBClusterSnapshotCommand({
          DBClusterIdentifier: `of-${name}`,
          DBClusterSnapshotIdentifier: name,
        }),
      );
      return answer.DBClusterSnapshot?.DBClusterSnapshotArn;
    },
  };
  return Object.entries(kinds).map(
    ([kind, create]): Seed => ({
      type: `rds:${kind}`,
      // Snapshots need databases, and databases make snapshots of themselves.
      hasDefaults: true,
      create: async (name) => byArn(await create(name)),
      tag: ({ key }, Key, Value) =>
        rds.send(new AddTagsToResourceCommand({ ResourceName: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) =>
        rds.send(new RemoveTagsFromResourceCommand({ ResourceName: key, TagKeys: [Key] })),
    }),
  );
}

function cacheSeeds(cache: ElastiCacheClient): readonly Seed[] {
  const tagging = {
    tag: ({ key }: { key: string }, Key: string, Value: string) =>
      cache.send(new TagCache({ ResourceName: key, Tags: [{ Key, Value }] })),
    untag: ({ key }: { key: string }, Key: string) =>
      cache.send(new UntagCache({ ResourceName: key, TagKeys: [Key] })),
  };
  return [
    {
      type: "elasticache:cluster",
      hasDefaults: true,
      create: async (name) => {
        const answer = await cache.send(
          new CreateCacheClusterCommand({
            CacheClusterId: name,
            Engine: "redis",
            CacheNodeType: "cache.t3.micro",
            NumCacheNodes: 1,
          }),
        );
        return byArn(answer.CacheCluster?.ARN);
      },
      ...tagging,
    },
    {
      type: "elasticache:replicationgroup",
      create: async (name) => {
        const answer = await cache.send(
          new CreateReplicationGroupCommand({
            ReplicationGroupId: name,
            ReplicationGroupDescription: "seeded",
          }),
        );
        return byArn(answer.ReplicationGroup?.ARN);
      },
      ...tagging,
    },
  ];
}

function storageSeeds(settings: Settings): readonly Seed[] {
  const efs = new EFSClient(settings);
  const fsx = new FSxClient(settings);
  const backup = new BackupClient(settings);
  return [
    {
      type: "elasticfilesystem:file-system",
      create: async (name) =>
        byArn((await efs.send(new CreateEfs({ CreationToken: name }))).FileSystemArn),
      tag: ({ key }, Key, Value) =>
        efs.send(new TagEfs({ ResourceId: key.split("/")[1], Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) =>
        efs.send(new UntagEfs({ ResourceId: key.split("/")[1], TagKeys: [Key] })),
    },
    {
      type: "fsx:file-system",
      create: async () => {
        const answer = await fsx.send(
          new CreateFsx({
            FileSystemType: "LUSTRE",
            StorageCapacity: 1200,
            SubnetIds: ["subnet-1"],
          }),
        );
        return byArn(answer.FileSystem?.ResourceARN);
      },
      tag: ({ key }, Key, Value) =>
        fsx.send(new TagFsx({ ResourceARN: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => fsx.send(new UntagFsx({ ResourceARN: key, TagKeys: [Key] })),
    },
    {
      type: "backup:backup-vault",
      create: async (name) =>
        byArn(
          (await backup.send(new CreateBackupVaultCommand({ BackupVaultName: name })))
            .BackupVaultArn,
        ),
      tag: ({ key }, Key, Value) =>
        backup.send(new TagVault({ ResourceArn: key, Tags: { [Key]: Value } })),
      untag: ({ key }, Key) => backup.send(new UntagVault({ ResourceArn: key, TagKeyList: [Key] })),
    },
  ];
}

function tableSeeds(settings: Settings): readonly Seed[] {
  const dynamo = new DynamoDBClient(settings);
  const redshift = new RedshiftClient(settings);
  const search = new OpenSearchClient(settings);
  return [
    {
      type: "dynamodb:table",
      create: async (name) => {
        const answer = await dynamo.send(
          new CreateTableCommand({
            TableName: name,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          }),
        );
        return byArn(answer.TableDescription?.TableArn);
      },
      tag: ({ key }, Key, Value) =>
        dynamo.send(new TagTable({ ResourceArn: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => dynamo.send(new UntagTable({ ResourceArn: key, TagKeys: [Key] })),
    },
    {
      type: "redshift:cluster",
      create: async (name) => {
        await redshift.send(
          new CreateClusterCommand({
            ClusterIdentifier: name,
            NodeType: "ra3.large",
            MasterUsername: "admin",
            MasterUserPassword: "Only-in-moto-1",
          }),
        );
        return byArn(regional("redshift", `cluster:${name}`));
      },
      tag: ({ key }, Key, Value) =>
        redshift.send(new CreateTagsCommand({ ResourceName: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) =>
        redshift.send(new DeleteTagsCommand({ ResourceName: key, TagKeys: [Key] })),
    },
    {
      type: "es:domain",
      tagsUnseen: "not in moto's GetResources",
      create: async (name) =>
        byArn((await search.send(new CreateDomainCommand({ DomainName: name }))).DomainStatus?.ARN),
      tag: ({ key }, Key, Value) =>
        search.send(new TagDomain({ ARN: key, TagList: [{ Key, Value }] })),
      untag: ({ key }, Key) => search.send(new UntagDomain({ ARN: key, TagKeys: [Key] })),
    },
  ];
}
