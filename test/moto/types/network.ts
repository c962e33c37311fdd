import {
  APIGatewayClient,
  CreateRestApiCommand,
  TagResourceCommand as TagRest,
  UntagResourceCommand as UntagRest,
} from "@aws-sdk/client-api-gateway";
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  TagResourceCommand as TagApi,
  UntagResourceCommand as UntagApi,
} from "@aws-sdk/client-apigatewayv2";
import {
  CloudFrontClient,
  CreateDistributionCommand,
  TagResourceCommand as TagDistribution,
  UntagResourceCommand as UntagDistribution,
} from "@aws-sdk/client-cloudfront";
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  AddTagsCommand as TagClassic,
  CreateLoadBalancerCommand as CreateClassic,
  ElasticLoadBalancingClient,
  RemoveTagsCommand as UntagClassic,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  AddTagsCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { byArn, known, REGION, regional, type Seed, type Settings } from "./seed.ts";

/** Load balancers, APIs, and the services without a Region. */
export function networkSeeds(settings: Settings): readonly Seed[] {
  return [
    ...balancerSeeds(settings),
    classicSeed(new ElasticLoadBalancingClient(settings)),
    ...apiSeeds(settings),
    ...globalSeeds(settings),
  ];
}

function balancerSeeds(settings: Settings): readonly Seed[] {
  const elb = new ElasticLoadBalancingV2Client(settings);
  const ec2 = new EC2Client(settings);
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, Key, Value) =>
      elb.send(new AddTagsCommand({ ResourceArns: [key], Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) =>
      elb.send(new RemoveTagsCommand({ ResourceArns: [key], TagKeys: [Key] })),
  };
  const network = async (): Promise<{ readonly vpc: string; readonly subnets: string[] }> => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const vpc = known(Vpc?.VpcId);
    const subnets: string[] = [];
    for (const [at, zone] of ["a", "b"].entries()) {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId: vpc,
          CidrBlock: `10.0.${at}.0/24`,
          AvailabilityZone: `${REGION}${zone}`,
        }),
      );
      subnets.push(known(Subnet?.SubnetId));
    }
    return { vpc, subnets };
  };
  const kinds = { app: "application", net: "network", gwy: "gateway" } as const;
  return [
    ...Object.entries(kinds).map(
      ([segment, Type]): Seed => ({
        type: `elasticloadbalancing:loadbalancer/${segment}`,
        create: async (name) => {
          const { subnets } = await network();
          const answer = await elb.send(
            new CreateLoadBalancerCommand({ Name: `${segment}-${name}`, Type, Subnets: subnets }),
          );
          return byArn(answer.LoadBalancers?.[0]?.LoadBalancerArn);
        },
        ...tagging,
      }),
    ),
    {
      type: "elasticloadbalancing:targetgroup",
      create: async (name) => {
        const answer = await elb.send(
          new CreateTargetGroupCommand({
            Name: name,
            Protocol: "HTTP",
            Port: 80,
            VpcId: (await network()).vpc,
          }),
        );
        return byArn(answer.TargetGroups?.[0]?.TargetGroupArn);
      },
      ...tagging,
    },
  ];
}

function classicSeed(elb: ElasticLoadBalancingClient): Seed {
  return {
    type: "elasticloadbalancing:loadbalancer",
    create: async (name) => {
      await elb.send(
        new CreateClassic({
          LoadBalancerName: name,
          AvailabilityZones: [`${REGION}a`],
          Listeners: [{ Protocol: "HTTP", LoadBalancerPort: 80, InstancePort: 80 }],
        }),
      );
      return { arn: regional("elasticloadbalancing", `loadbalancer/${name}`), key: name };
    },
    tag: ({ key }, Key, Value) =>
      elb.send(new TagClassic({ LoadBalancerNames: [key], Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) =>
      elb.send(new UntagClassic({ LoadBalancerNames: [key], Tags: [{ Key }] })),
  };
}

function apiSeeds(settings: Settings): readonly Seed[] {
  const rest = new APIGatewayClient(settings);
  const apis = new ApiGatewayV2Client(settings);
  return [
    {
      type: "apigateway:restapis",
      taggedWhenMade: true,
      create: async (name, tags) => {
        const { id } = await rest.send(new CreateRestApiCommand({ name, tags: { ...tags } }));
        return byArn(`arn:aws:apigateway:${REGION}::/restapis/${known(id)}`);
      },
      tag: ({ key }, name, value) =>
        rest.send(new TagRest({ resourceArn: key, tags: { [name]: value } })),
      untag: ({ key }, name) => rest.send(new UntagRest({ resourceArn: key, tagKeys: [name] })),
    },
    {
      type: "apigateway:apis",
      create: async (name) => {
        const { ApiId } = await apis.send(
          new CreateApiCommand({ Name: name, ProtocolType: "HTTP" }),
        );
        return byArn(`arn:aws:apigateway:${REGION}::/apis/${known(ApiId)}`);
      },
      tag: ({ key }, name, value) =>
        apis.send(new TagApi({ ResourceArn: key, Tags: { [name]: value } })),
      untag: ({ key }, name) => apis.send(new UntagApi({ ResourceArn: key, TagKeys: [name] })),
    },
  ];
}

function globalSeeds(settings: Settings): readonly Seed[] {
  const route53 = new Route53Client(settings);
  const cloudFront = new CloudFrontClient(settings);
  return [
    {
      type: "route53:hostedzone",
      tagsUnseen: "not in moto's GetResources",
      create: async (name) => {
        const { HostedZone } = await route53.send(
          new CreateHostedZoneCommand({ Name: `${name}.example`, CallerReference: name }),
        );
        const id = known(HostedZone?.Id).replace("/hostedzone/", "");
        return { arn: `arn:aws:route53:::hostedzone/${id}`, key: id };
      },
      tag: ({ key: ResourceId }, Key, Value) =>
        route53.send(
          new ChangeTagsForResourceCommand({
            ResourceType: "hostedzone",
            ResourceId,
            AddTags: [{ Key, Value }],
          }),
        ),
      untag: ({ key: ResourceId }, Key) =>
        route53.send(
          new ChangeTagsForResourceCommand({
            ResourceType: "hostedzone",
            ResourceId,
            RemoveTagKeys: [Key],
          }),
        ),
    },
    {
      type: "cloudfront:distribution",
      create: async (name) => {
        const { Distribution } = await cloudFront.send(
          new CreateDistributionCommand({
            DistributionConfig: {
              CallerReference: name,
              Comment: "seeded",
              Enabled: false,
              Origins: {
                Quantity: 1,
                Items: [
                  {
                    Id: "origin",
                    DomainName: "example.s3.amazonaws.com",
                    S3OriginConfig: { OriginAccessIdentity: "" },
                  },
                ],
              },
              DefaultCacheBehavior: {
                TargetOriginId: "origin",
                ViewerProtocolPolicy: "allow-all",
                MinTTL: 10,
                ForwardedValues: { QueryString: false, Cookies: { Forward: "none" } },
              },
            },
          }),
        );
        return byArn(Distribution?.ARN);
      },
      tag: ({ key }, Key, Value) =>
        cloudFront.send(new TagDistribution({ Resource: key, Tags: { Items: [{ Key, Value }] } })),
      untag: ({ key }, Key) =>
        cloudFront.send(new UntagDistribution({ Resource: key, TagKeys: { Items: [Key] } })),
    },
  ];
}
