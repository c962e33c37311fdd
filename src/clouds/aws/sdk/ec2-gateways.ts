import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpnConnectionsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { linksTo } from "../../../domain/links.ts";
import { readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

/** Addresses, and what joins networks with others. */
export interface Ec2GatewayLists {
  /** All at once: the operation has no pages. */
  readonly addresses: List;
  readonly natGateways: List;
  /** All at once: the operation has no pages. */
  readonly vpnConnections: List;
  readonly transitGateways: List;
  /** Both sides of an attachment see it, and each has tags of its own on it. */
  readonly transitGatewayAttachments: List;
  readonly vpcEndpoints: List;
}

/** The most that these operations give at once (EC2 API Reference). */
const PAGE_SIZE = 1000;
/** Deleted things stay listed for about an hour. */
const GOING: ReadonlySet<string> = new Set(["deleting", "deleted"]);

const addresses =
  (client: EC2Client): List =>
  async (_, signal) => {
    const command = new DescribeAddressesCommand({});
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Addresses, undefined, (address) => ({
      id: address.AllocationId,
      tags: readTags(address.Tags),
    }));
  };

const natGateways =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeNatGatewaysCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.NatGateways, answer.NextToken, (gateway) =>
      GOING.has(gateway.State ?? "")
        ? undefined
        : {
            id: gateway.NatGatewayId,
            tags: readTags(gateway.Tags),
            createdAt: gateway.CreateTime,
            ...linksTo({ network: gateway.VpcId, subnet: gateway.SubnetId }),
          },
    );
  };

const vpnConnections =
  (client: EC2Client): List =>
  async (_, signal) => {
    const command = new DescribeVpnConnectionsCommand({});
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.VpnConnections, undefined, (vpn) =>
      GOING.has(vpn.State ?? "")
        ? undefined
        : { id: vpn.VpnConnectionId, tags: readTags(vpn.Tags) },
    );
  };

const transitGateways =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeTransitGatewaysCommand({
      MaxResults: PAGE_SIZE,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.TransitGateways, answer.NextToken, (gateway) =>
      GOING.has(gateway.State ?? "")
        ? undefined
        : {
            id: gateway.TransitGatewayId,
            tags: readTags(gateway.Tags),
            createdAt: gateway.CreationTime,
            owner: gateway.OwnerId,
          },
    );
  };

const transitGatewayAttachments =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeTransitGatewayAttachmentsCommand({
      MaxResults: PAGE_SIZE,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.TransitGatewayAttachments, answer.NextToken, (attachment) =>
      GOING.has(attachment.State ?? "")
        ? undefined
        : {
            id: attachment.TransitGatewayAttachmentId,
            tags: readTags(attachment.Tags),
            createdAt: attachment.CreationTime,
          },
    );
  };

const vpcEndpoints =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeVpcEndpointsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.VpcEndpoints, answer.NextToken, (endpoint) =>
      GOING.has(endpoint.State?.toLowerCase() ?? "")
        ? undefined
        : {
            id: endpoint.VpcEndpointId,
            tags: readTags(endpoint.Tags),
            createdAt: endpoint.CreationTimestamp,
            ...linksTo({
              network: endpoint.VpcId,
              subnet: endpoint.SubnetIds,
              security_group: endpoint.Groups?.map(({ GroupId }) => GroupId),
            }),
            owner: endpoint.OwnerId,
          },
    );
  };

export function gatewayLists(client: EC2Client): Ec2GatewayLists {
  return {
    addresses: addresses(client),
    natGateways: natGateways(client),
    vpnConnections: vpnConnections(client),
    transitGateways: transitGateways(client),
    transitGatewayAttachments: transitGatewayAttachments(client),
    vpcEndpoints: vpcEndpoints(client),
  };
}
