import {
  AthenaClient,
  CreateWorkGroupCommand,
  TagResourceCommand as TagAthena,
  UntagResourceCommand as UntagAthena,
} from "@aws-sdk/client-athena";
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  TagResourceCommand as TagAlarm,
  UntagResourceCommand as UntagAlarm,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  TagResourceCommand as TagLogs,
  UntagResourceCommand as UntagLogs,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  AddTagsCommand as TagEmr,
  EMRClient,
  RemoveTagsCommand as UntagEmr,
  RunJobFlowCommand,
} from "@aws-sdk/client-emr";
import {
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateJobCommand,
  GlueClient,
  TagResourceCommand as TagGlue,
  UntagResourceCommand as UntagGlue,
} from "@aws-sdk/client-glue";
import {
  AddTagsCommand,
  CreateDomainCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateNotebookInstanceCommand,
  DeleteTagsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { byArn, known, regional, type Seed, type Settings } from "./seed.ts";

const ROLE = "arn:aws:iam::123456789012:role/seeded";

/** Watching, data processing and machine learning. */
export function analyticsSeeds(settings: Settings): readonly Seed[] {
  return [
    ...watchSeeds(settings),
    ...glueSeeds(new GlueClient(settings)),
    workGroupSeed(new AthenaClient(settings)),
    emrSeed(new EMRClient(settings)),
    ...sageMakerSeeds(new SageMakerClient(settings)),
  ];
}

function watchSeeds(settings: Settings): readonly Seed[] {
  const watch = new CloudWatchClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  return [
    {
      type: "cloudwatch:alarm",
      create: async (name) => {
        await watch.send(
          new PutMetricAlarmCommand({
            AlarmName: name,
            Namespace: "seeded",
            MetricName: "m",
            Statistic: "Sum",
            Period: 60,
            EvaluationPeriods: 1,
            Threshold: 1,
            ComparisonOperator: "GreaterThanThreshold",
          }),
        );
        return byArn(regional("cloudwatch", `alarm:${name}`));
      },
      tag: ({ key }, Key, Value) =>
        watch.send(new TagAlarm({ ResourceARN: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => watch.send(new UntagAlarm({ ResourceARN: key, TagKeys: [Key] })),
    },
    {
      type: "logs:log-group",
      create: async (name) => {
        await logs.send(new CreateLogGroupCommand({ logGroupName: `/app/${name}` }));
        return byArn(regional("logs", `log-group:/app/${name}`));
      },
      tag: ({ key }, name, value) =>
        logs.send(new TagLogs({ resourceArn: key, tags: { [name]: value } })),
      untag: ({ key }, name) => logs.send(new UntagLogs({ resourceArn: key, tagKeys: [name] })),
    },
  ];
}

function glueSeeds(glue: GlueClient): readonly Seed[] {
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, name, value) =>
      glue.send(new TagGlue({ ResourceArn: key, TagsToAdd: { [name]: value } })),
    untag: ({ key }, name) => glue.send(new UntagGlue({ ResourceArn: key, TagsToRemove: [name] })),
  };
  return [
    {
      type: "glue:job",
      create: async (name) => {
        await glue.send(
          new CreateJobCommand({ Name: name, Role: ROLE, Command: { Name: "glueetl" } }),
        );
        return byArn(regional("glue", `job/${name}`));
      },
      ...tagging,
    },
    {
      type: "glue:crawler",
      create: async (name) => {
        await glue.send(
          new CreateCrawlerCommand({
            Name: name,
            Role: ROLE,
            Targets: { S3Targets: [{ Path: "s3://bucket/" }] },
          }),
        );
        return byArn(regional("glue", `crawler/${name}`));
      },
      ...tagging,
    },
    {
      type: "glue:database",
      create: async (name) => {
        await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: name } }));
        return byArn(regional("glue", `database/${name}`));
      },
      ...tagging,
    },
  ];
}

function workGroupSeed(athena: AthenaClient): Seed {
  return {
    type: "athena:workgroup",
    hasDefaults: true,
    create: async (name) => {
      await athena.send(new CreateWorkGroupCommand({ Name: name }));
      return byArn(regional("athena", `workgroup/${name}`));
    },
    tag: ({ key }, Key, Value) =>
      athena.send(new TagAthena({ ResourceARN: key, Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) => athena.send(new UntagAthena({ ResourceARN: key, TagKeys: [Key] })),
  };
}

function emrSeed(emr: EMRClient): Seed {
  return {
    type: "elasticmapreduce:cluster",
    tagsUnseen: "not in moto's GetResources",
    create: async (name) => {
      const answer = await emr.send(
        new RunJobFlowCommand({
          Name: name,
          ReleaseLabel: "emr-7.0.0",
          JobFlowRole: "EMR_EC2_DefaultRole",
          ServiceRole: "EMR_DefaultRole",
          Instances: {
            InstanceCount: 1,
            MasterInstanceType: "m5.xlarge",
            KeepJobFlowAliveWhenNoSteps: true,
          },
        }),
      );
      return { arn: known(answer.ClusterArn), key: known(answer.JobFlowId) };
    },
    tag: ({ key }, Key, Value) => emr.send(new TagEmr({ ResourceId: key, Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) => emr.send(new UntagEmr({ ResourceId: key, TagKeys: [Key] })),
  };
}

type Create = (name: string, tags: Readonly<Record<string, string>>) => Promise<string | undefined>;

function sageMakerSeeds(client: SageMakerClient): readonly Seed[] {
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, Key, Value) =>
      client.send(new AddTagsCommand({ ResourceArn: key, Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) =>
      client.send(new DeleteTagsCommand({ ResourceArn: key, TagKeys: [Key] })),
  };
  const model = async (name: string): Promise<string | undefined> => {
    const answer = await client.send(
      new CreateModelCommand({
        ModelName: name,
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: "image" },
      }),
    );
    return answer.ModelArn;
  };
  const kinds: Readonly<Record<string, Create>> = {
    model,
    "notebook-instance": async (name) =>
      (
        await client.send(
          new CreateNotebookInstanceCommand({
            NotebookInstanceName: name,
            InstanceType: "ml.t2.medium",
            RoleArn: ROLE,
          }),
        )
      ).NotebookInstanceArn,
    domain: async (name, tags) =>
      (
        await client.send(
          new CreateDomainCommand({
            DomainName: name,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            AuthMode: "IAM",
            DefaultUserSettings: { ExecutionRole: ROLE },
            SubnetIds: ["subnet-1"],
            VpcId: "vpc-1",
          }),
        )
      ).DomainArn,
    // Last: the configuration it needs breaks what moto tells of the others.
    endpoint: async (name) => {
      await model(`of-${name}`);
      await client.send(
        new CreateEndpointConfigCommand({
          EndpointConfigName: name,
          ProductionVariants: [
            {
              VariantName: "a",
              ModelName: `of-${name}`,
              InitialInstanceCount: 1,
              InstanceType: "ml.t2.medium",
            },
          ],
        }),
      );
      const answer = await client.send(
        new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }),
      );
      return answer.EndpointArn;
    },
  };
  return Object.entries(kinds).map(
    ([kind, create]): Seed => ({
      type: `sagemaker:${kind}`,
      ...(kind === "model" ? { hasDefaults: true } : {}),
      ...(kind === "domain" ? { taggedWhenMade: true } : {}),
      ...(kind === "endpoint"
        ? { tagsRefused: "it knows no tags of endpoint configurations" }
        : {}),
      create: async (name, tags) => byArn(await create(name, tags)),
      ...tagging,
    }),
  );
}
