import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateRepositoryCommand,
  ECRClient,
  TagResourceCommand as TagEcr,
  UntagResourceCommand as UntagEcr,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand as CreateEcs,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  TagResourceCommand as TagEcs,
  UntagResourceCommand as UntagEcs,
} from "@aws-sdk/client-ecs";
import {
  CreateClusterCommand as CreateEks,
  CreateNodegroupCommand,
  EKSClient,
  TagResourceCommand as TagEks,
  UntagResourceCommand as UntagEks,
} from "@aws-sdk/client-eks";
import {
  CreateFunctionCommand,
  LambdaClient,
  TagResourceCommand as TagLambda,
  UntagResourceCommand as UntagLambda,
} from "@aws-sdk/client-lambda";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { byArn, known, REGION, regional, type Seed, type Settings } from "./seed.ts";

/** Functions, containers, clusters and groups of machines. */
export function computeSeeds(settings: Settings): readonly Seed[] {
  return [
    lambdaSeed(settings),
    groupSeed(new AutoScalingClient(settings)),
    ...ecsSeeds(new ECSClient(settings)),
    ...eksSeeds(new EKSClient(settings)),
    repositorySeed(new ECRClient(settings)),
  ];
}

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

function lambdaSeed(settings: Settings): Seed {
  const lambda = new LambdaClient(settings);
  const iam = new IAMClient(settings);
  return {
    type: "lambda:function",
    create: async (name) => {
      const role = await iam.send(
        new CreateRoleCommand({ RoleName: `of-${name}`, AssumeRolePolicyDocument: TRUST }),
      );
      const answer = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: role.Role?.Arn,
          Code: { ZipFile: Buffer.from("none") },
        }),
      );
      return byArn(answer.FunctionArn);
    },
    tag: ({ key }, Key, Value) =>
      lambda.send(new TagLambda({ Resource: key, Tags: { [Key]: Value } })),
    untag: ({ key }, Key) => lambda.send(new UntagLambda({ Resource: key, TagKeys: [Key] })),
  };
}

function groupSeed(client: AutoScalingClient): Seed {
  const on = (name: string, Key: string) => ({
    ResourceId: name,
    ResourceType: "auto-scaling-group",
    Key,
  });
  return {
    type: "autoscaling:autoScalingGroup",
    create: async (name) => {
      await client.send(
        new CreateLaunchConfigurationCommand({
          LaunchConfigurationName: name,
          ImageId: "ami-12c6146b",
          InstanceType: "t3.micro",
        }),
      );
      await client.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: name,
          LaunchConfigurationName: name,
          MinSize: 0,
          MaxSize: 0,
          AvailabilityZones: [`${REGION}a`],
        }),
      );
      const { AutoScalingGroups } = await client.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      return { arn: known(AutoScalingGroups?.[0]?.AutoScalingGroupARN), key: name };
    },
    tag: ({ key }, Key, Value) =>
      client.send(
        new CreateOrUpdateTagsCommand({
          Tags: [{ ...on(key, Key), Value, PropagateAtLaunch: false }],
        }),
      ),
    untag: ({ key }, Key) => client.send(new DeleteTagsCommand({ Tags: [on(key, Key)] })),
  };
}

function ecsSeeds(ecs: ECSClient): readonly Seed[] {
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, name, value) =>
      ecs.send(new TagEcs({ resourceArn: key, tags: [{ key: name, value }] })),
    untag: ({ key }, name) => ecs.send(new UntagEcs({ resourceArn: key, tagKeys: [name] })),
  };
  const cluster = async (name: string): Promise<string> =>
    known((await ecs.send(new CreateEcs({ clusterName: name }))).cluster?.clusterArn);
  const definition = async (name: string): Promise<string> => {
    const answer = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        containerDefinitions: [{ name: "web", image: "web:1", memory: 128 }],
      }),
    );
    return known(answer.taskDefinition?.taskDefinitionArn);
  };
  return [
    {
      type: "ecs:cluster",
      tagsRefused: "it expects tags on every one",
      hasDefaults: true,
      create: async (name) => byArn(await cluster(name)),
      ...tagging,
    },
    {
      type: "ecs:task-definition",
      hasDefaults: true,
      create: async (name) => byArn(await definition(name)),
      ...tagging,
    },
    {
      type: "ecs:service",
      create: async (name) => {
        const answer = await ecs.send(
          new CreateServiceCommand({
            cluster: await cluster(`of-${name}`),
            serviceName: name,
            taskDefinition: await definition(`of-${name}`),
            desiredCount: 0,
          }),
        );
        return byArn(answer.service?.serviceArn);
      },
      ...tagging,
    },
  ];
}

function eksSeeds(eks: EKSClient): readonly Seed[] {
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, name, value) =>
      eks.send(new TagEks({ resourceArn: key, tags: { [name]: value } })),
    untag: ({ key }, name) => eks.send(new UntagEks({ resourceArn: key, tagKeys: [name] })),
  };
  const roleArn = "arn:aws:iam::123456789012:role/eks";
  const cluster = async (name: string): Promise<string | undefined> =>
    (await eks.send(new CreateEks({ name, roleArn, resourcesVpcConfig: {} }))).cluster?.arn;
  return [
    {
      type: "eks:cluster",
      hasDefaults: true,
      tagsUnseen: "not in moto's GetResources",
      create: async (name) => byArn(await cluster(name)),
      ...tagging,
    },
    {
      type: "eks:nodegroup",
      taggedWhenMade: true,
      create: async (name, tags) => {
        await cluster(`of-${name}`);
        const answer = await eks.send(
          new CreateNodegroupCommand({
            clusterName: `of-${name}`,
            nodegroupName: name,
            nodeRole: roleArn,
            subnets: ["subnet-1"],
            tags: { ...tags },
          }),
        );
        return byArn(answer.nodegroup?.nodegroupArn);
      },
      ...tagging,
    },
  ];
}

function repositorySeed(ecr: ECRClient): Seed {
  return {
    type: "ecr:repository",
    tagsUnseen: "not in moto's GetResources",
    create: async (name) => {
      await ecr.send(new CreateRepositoryCommand({ repositoryName: name }));
      return byArn(regional("ecr", `repository/${name}`));
    },
    tag: ({ key }, Key, Value) =>
      ecr.send(new TagEcr({ resourceArn: key, tags: [{ Key, Value }] })),
    untag: ({ key }, Key) => ecr.send(new UntagEcr({ resourceArn: key, tagKeys: [Key] })),
  };
}
