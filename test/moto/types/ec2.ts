import {
  AllocateAddressCommand,
  CreateCustomerGatewayCommand,
  CreateImageCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateTransitGatewayCommand,
  CreateTransitGatewayVpcAttachmentCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  CreateVpnConnectionCommand,
  CreateVpnGatewayCommand,
  DeleteTagsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { known, REGION, regional, type Seed, type Settings } from "./seed.ts";

type Create = (client: EC2Client, name: string) => Promise<string | undefined>;

async function vpc(client: EC2Client): Promise<string> {
  return known((await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId);
}

async function subnet(client: EC2Client): Promise<{ readonly vpc: string; readonly id: string }> {
  const own = await vpc(client);
  const answer = await client.send(
    new CreateSubnetCommand({ VpcId: own, CidrBlock: "10.0.1.0/24" }),
  );
  return { vpc: own, id: known(answer.Subnet?.SubnetId) };
}

async function volume(client: EC2Client): Promise<string> {
  const answer = await client.send(
    new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }),
  );
  return known(answer.VolumeId);
}

async function transitGateway(client: EC2Client): Promise<string> {
  const answer = await client.send(new CreateTransitGatewayCommand({}));
  return known(answer.TransitGateway?.TransitGatewayId);
}

async function image(client: EC2Client, name: string): Promise<string | undefined> {
  const run = await client.send(
    new RunInstancesCommand({ ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1 }),
  );
  const InstanceId = known(run.Instances?.[0]?.InstanceId);
  return (await client.send(new CreateImageCommand({ InstanceId, Name: name }))).ImageId;
}

async function vpnConnection(client: EC2Client): Promise<string | undefined> {
  const customer = await client.send(
    new CreateCustomerGatewayCommand({ Type: "ipsec.1", PublicIp: "192.0.2.1", BgpAsn: 65_000 }),
  );
  const own = await client.send(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
  const answer = await client.send(
    new CreateVpnConnectionCommand({
      Type: "ipsec.1",
      CustomerGatewayId: known(customer.CustomerGateway?.CustomerGatewayId),
      VpnGatewayId: known(own.VpnGateway?.VpnGatewayId),
    }),
  );
  return answer.VpnConnection?.VpnConnectionId;
}

/** Kinds of which making one makes others, or the default VPC has some, are compared by what was made. */
const WITH_OTHERS = new Set([
  "vpc",
  "subnet",
  "security-group",
  "route-table",
  "network-interface",
  "elastic-ip",
  "snapshot",
  "volume",
  "transit-gateway",
]);

const KINDS: Readonly<Record<string, Create>> = {
  volume,
  snapshot: async (client) =>
    (await client.send(new CreateSnapshotCommand({ VolumeId: await volume(client) }))).SnapshotId,
  image,
  "elastic-ip": async (client) =>
    (await client.send(new AllocateAddressCommand({ Domain: "vpc" }))).AllocationId,
  natgateway: async (client) => {
    const { AllocationId } = await client.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const answer = await client.send(
      new CreateNatGatewayCommand({ SubnetId: (await subnet(client)).id, AllocationId }),
    );
    return answer.NatGateway?.NatGatewayId;
  },
  vpc,
  subnet: async (client) => (await subnet(client)).id,
  "security-group": async (client, name) =>
    (
      await client.send(
        new CreateSecurityGroupCommand({
          GroupName: name,
          Description: "seeded",
          VpcId: await vpc(client),
        }),
      )
    ).GroupId,
  "vpn-connection": vpnConnection,
  "transit-gateway": transitGateway,
  "transit-gateway-attachment": async (client) => {
    const { vpc: VpcId, id } = await subnet(client);
    const answer = await client.send(
      new CreateTransitGatewayVpcAttachmentCommand({
        TransitGatewayId: await transitGateway(client),
        VpcId,
        SubnetIds: [id],
      }),
    );
    return answer.TransitGatewayVpcAttachment?.TransitGatewayAttachmentId;
  },
  "vpc-endpoint": async (client) =>
    (
      await client.send(
        new CreateVpcEndpointCommand({
          VpcId: await vpc(client),
          ServiceName: `com.amazonaws.${REGION}.s3`,
        }),
      )
    ).VpcEndpoint?.VpcEndpointId,
  "internet-gateway": async (client) =>
    (await client.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId,
  "route-table": async (client) =>
    (await client.send(new CreateRouteTableCommand({ VpcId: await vpc(client) }))).RouteTable
      ?.RouteTableId,
  "network-interface": async (client) =>
    (await client.send(new CreateNetworkInterfaceCommand({ SubnetId: (await subnet(client)).id })))
      .NetworkInterface?.NetworkInterfaceId,
};

/** ARNs of snapshots and images name no account. */
function arnOf(kind: string, id: string): string {
  const owned = kind !== "snapshot" && kind !== "image";
  return owned ? regional("ec2", `${kind}/${id}`) : `arn:aws:ec2:${REGION}::${kind}/${id}`;
}

export function ec2Seeds(settings: Settings): readonly Seed[] {
  const client = new EC2Client(settings);
  return Object.entries(KINDS).map(
    ([kind, create]): Seed => ({
      type: `ec2:${kind}`,
      ...(WITH_OTHERS.has(kind) ? { hasDefaults: true } : {}),
      create: async (name) => {
        const id = known(await create(client, name));
        return { arn: arnOf(kind, id), key: id };
      },
      tag: ({ key: id }, Key, Value) =>
        client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] })),
      untag: ({ key: id }, Key) =>
        client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key }] })),
    }),
  );
}
