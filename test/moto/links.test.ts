import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateLoadBalancerCommand as CreateClassicCommand,
  ElasticLoadBalancingClient,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateDBInstanceCommand,
  CreateDBSubnetGroupCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { CreateClusterCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import type { LinkKind } from "../../src/domain/links.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import { readInventory, silent } from "./read-inventory.ts";
import { type MotoServer, motoMissing, setEnvironment, startMoto } from "./server.ts";
import { known, REGION, type Settings } from "./types/seed.ts";

interface Network {
  readonly network: string;
  readonly subnet: string;
  readonly other: string;
  readonly security_group: string;
}

async function makeNetwork(ec2: EC2Client): Promise<Network> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const network = known(Vpc?.VpcId);
  const subnetIn = async (zone: string, at: number): Promise<string> => {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: network,
        CidrBlock: `10.0.${at}.0/24`,
        AvailabilityZone: `${REGION}${zone}`,
      }),
    );
    return known(Subnet?.SubnetId);
  };
  const [subnet, other] = [await subnetIn("a", 1), await subnetIn("b", 2)];
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: network, GroupName: "own", Description: "own" }),
  );
  return { network, subnet, other, security_group: known(GroupId) };
}

/** What a type's list says of a resource that stands in all three, as the API references have it. */
interface Case {
  readonly type: string;
  readonly says: readonly Exclude<LinkKind, "network_tag">[];
  make(settings: Settings, at: Network): Promise<unknown>;
}

const CASES: readonly Case[] = [
  {
    type: "ec2:instance",
    says: ["network", "subnet", "security_group"],
    make: (settings, { subnet, security_group }) =>
      new EC2Client(settings).send(
        new RunInstancesCommand({
          ImageId: "ami-12c6146b",
          MinCount: 1,
          MaxCount: 1,
          SubnetId: subnet,
          SecurityGroupIds: [security_group],
        }),
      ),
  },
  {
    type: "ec2:network-interface",
    says: ["network", "subnet", "security_group"],
    make: (settings, { subnet, security_group }) =>
      new EC2Client(settings).send(
        new CreateNetworkInterfaceCommand({ SubnetId: subnet, Groups: [security_group] }),
      ),
  },
  {
    type: "ec2:natgateway",
    says: ["network", "subnet"],
    make: (settings, { subnet }) =>
      new EC2Client(settings).send(new CreateNatGatewayCommand({ SubnetId: subnet })),
  },
  {
    type: "ec2:vpc-endpoint",
    says: ["network", "subnet", "security_group"],
    make: (settings, { network, subnet, security_group }) =>
      new EC2Client(settings).send(
        new CreateVpcEndpointCommand({
          VpcId: network,
          VpcEndpointType: "Interface",
          ServiceName: `com.amazonaws.${REGION}.sqs`,
          SubnetIds: [subnet],
          SecurityGroupIds: [security_group],
        }),
      ),
  },
  { type: "ec2:subnet", says: ["network"], make: () => Promise.resolve() },
  { type: "ec2:security-group", says: ["network"], make: () => Promise.resolve() },
  {
    type: "lambda:function",
    // The network too; but moto makes one up.
    says: ["subnet", "security_group"],
    make: async (settings, { subnet, security_group }) => {
      const role = await new IAMClient(settings).send(
        new CreateRoleCommand({ RoleName: "runs", AssumeRolePolicyDocument: "{}" }),
      );
      return new LambdaClient(settings).send(
        new CreateFunctionCommand({
          FunctionName: "inside",
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: role.Role?.Arn,
          Code: { ZipFile: Buffer.from("none") },
          VpcConfig: { SubnetIds: [subnet], SecurityGroupIds: [security_group] },
        }),
      );
    },
  },
  {
    type: "rds:db",
    says: ["network", "security_group"],
    make: async (settings, { subnet, other, security_group }) => {
      const rds = new RDSClient(settings);
      await rds.send(
        new CreateDBSubnetGroupCommand({
          DBSubnetGroupName: "inside",
          DBSubnetGroupDescription: "inside",
          SubnetIds: [subnet, other],
        }),
      );
      return rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: "inside",
          DBInstanceClass: "db.t3.micro",
          Engine: "postgres",
          AllocatedStorage: 10,
          MasterUsername: "admin",
          MasterUserPassword: "only-in-moto",
          DBSubnetGroupName: "inside",
          VpcSecurityGroupIds: [security_group],
        }),
      );
    },
  },
  {
    type: "elasticloadbalancing:loadbalancer/app",
    says: ["network", "subnet", "security_group"],
    make: (settings, { subnet, security_group }) =>
      new ElasticLoadBalancingV2Client(settings).send(
        new CreateLoadBalancerCommand({
          Name: "inside",
          Subnets: [subnet],
          SecurityGroups: [security_group],
        }),
      ),
  },
  {
    type: "elasticloadbalancing:loadbalancer",
    says: ["network", "subnet", "security_group"],
    make: (settings, { subnet, security_group }) =>
      new ElasticLoadBalancingClient(settings).send(
        new CreateClassicCommand({
          LoadBalancerName: "inside-classic",
          Listeners: [{ Protocol: "HTTP", LoadBalancerPort: 80, InstancePort: 80 }],
          Subnets: [subnet],
          SecurityGroups: [security_group],
        }),
      ),
  },
  {
    type: "autoscaling:autoScalingGroup",
    says: ["subnet"],
    make: async (settings, { subnet }) => {
      const scaling = new AutoScalingClient(settings);
      await scaling.send(
        new CreateLaunchConfigurationCommand({
          LaunchConfigurationName: "inside",
          ImageId: "ami-12c6146b",
          InstanceType: "t3.micro",
        }),
      );
      return scaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: "inside",
          LaunchConfigurationName: "inside",
          MinSize: 0,
          MaxSize: 0,
          VPCZoneIdentifier: subnet,
        }),
      );
    },
  },
  {
    type: "redshift:cluster",
    says: ["security_group"],
    make: (settings, { security_group }) =>
      new RedshiftClient(settings).send(
        new CreateClusterCommand({
          ClusterIdentifier: "inside",
          NodeType: "ra3.large",
          MasterUsername: "admin",
          MasterUserPassword: "Only-in-moto1",
          VpcSecurityGroupIds: [security_group],
        }),
      ),
  },
];

describe.skipIf(motoMissing !== undefined)(`networks in moto ${motoMissing ?? ""}`, () => {
  let moto: MotoServer;
  let restore: () => void;
  let aws: CloudProvider;
  let settings: Settings;
  let at: Network;

  beforeAll(async () => {
    moto = await startMoto();
    restore = setEnvironment(moto.env);
    aws = createAwsProvider({ logger: silent });
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    settings = { endpoint: moto.url, region: REGION, credentials };
    at = await makeNetwork(new EC2Client(settings));
  }, 60_000);

  afterAll(async () => {
    await aws.close();
    restore();
    await moto.close();
  });

  test.each(CASES)("$type is in its network, by the calls that list it anyway", async (one) => {
    await one.make(settings, at);
    const read = await readInventory(aws, { resourceTypes: [one.type], regions: [REGION] });
    const told = read.resources.map(({ links = [] }) => links);
    const expected = one.says.map((kind) => ({ kind, to: at[kind] }));
    expect(told).toContainEqual(expect.arrayContaining(expected));
  });

  test("a volume says nothing", async () => {
    const read = await readInventory(aws, { resourceTypes: ["ec2:volume"], regions: [REGION] });
    expect(read.resources.length).toBeGreaterThan(0);
    for (const resource of read.resources) expect(resource).not.toHaveProperty("links");
  });
});
