import {
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { linksTo } from "../../../domain/links.ts";
import { readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

/** Networks and what is inside them. What other accounts share names its owner. */
export interface Ec2VpcLists {
  readonly vpcs: List;
  readonly subnets: List;
  readonly securityGroups: List;
  readonly internetGateways: List;
  readonly routeTables: List;
  readonly networkInterfaces: List;
}

/** The most that these operations give at once (EC2 API Reference). */
const PAGE_SIZE = 1000;
/** DescribeRouteTables gives fewer. */
const ROUTE_TABLES = 100;

const vpcs =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeVpcsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Vpcs, answer.NextToken, (vpc) => ({
      id: vpc.VpcId,
      tags: readTags(vpc.Tags),
      owner: vpc.OwnerId,
    }));
  };

const subnets =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeSubnetsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Subnets, answer.NextToken, (subnet) => ({
      id: subnet.SubnetId,
      tags: readTags(subnet.Tags),
      ...linksTo({ network: subnet.VpcId }),
      owner: subnet.OwnerId,
    }));
  };

const securityGroups =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeSecurityGroupsCommand({
      MaxResults: PAGE_SIZE,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.SecurityGroups, answer.NextToken, (group) => ({
      id: group.GroupId,
      tags: readTags(group.Tags),
      ...linksTo({ network: group.VpcId }),
      owner: group.OwnerId,
    }));
  };

const internetGateways =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeInternetGatewaysCommand({
      MaxResults: PAGE_SIZE,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.InternetGateways, answer.NextToken, (gateway) => ({
      id: gateway.InternetGatewayId,
      tags: readTags(gateway.Tags),
      ...linksTo({ network: gateway.Attachments?.map(({ VpcId }) => VpcId) }),
      owner: gateway.OwnerId,
    }));
  };

const routeTables =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeRouteTablesCommand({
      MaxResults: ROUTE_TABLES,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.RouteTables, answer.NextToken, (table) => ({
      id: table.RouteTableId,
      tags: readTags(table.Tags),
      ...linksTo({ network: table.VpcId }),
      owner: table.OwnerId,
    }));
  };

const networkInterfaces =
  (client: EC2Client): List =>
  async (token, signal) => {
    const command = new DescribeNetworkInterfacesCommand({
      MaxResults: PAGE_SIZE,
      NextToken: token,
    });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.NetworkInterfaces, answer.NextToken, (card) => ({
      id: card.NetworkInterfaceId,
      tags: readTags(card.TagSet),
      ...linksTo({
        network: card.VpcId,
        subnet: card.SubnetId,
        security_group: card.Groups?.map(({ GroupId }) => GroupId),
      }),
      owner: card.OwnerId,
    }));
  };

export function vpcLists(client: EC2Client): Ec2VpcLists {
  return {
    vpcs: vpcs(client),
    subnets: subnets(client),
    securityGroups: securityGroups(client),
    internetGateways: internetGateways(client),
    routeTables: routeTables(client),
    networkInterfaces: networkInterfaces(client),
  };
}
