import { type CloudControlType, cloudControlType } from "./cloud-control-type.ts";
import { regionalArn } from "./listed-type.ts";
import type { NativeType } from "./types/native-type.ts";

/** Types of EC2 have no ARN among their properties; their ids are part of it (Service Authorization Reference). */
function ec2(
  resource: string,
  name: string,
  action: string,
  billable = false,
): Omit<CloudControlType, "category"> {
  return {
    id: `ec2:${resource}`,
    cloudFormation: `AWS::EC2::${name}`,
    billable,
    handlerActions: [`ec2:${action}`],
    arn: regionalArn("ec2", `${resource}/`),
  };
}

const TYPES: readonly CloudControlType[] = [
  { ...ec2("dedicated-host", "Host", "DescribeHosts", true), category: "virtual_machine" },
  { ...ec2("launch-template", "LaunchTemplate", "DescribeLaunchTemplates"), category: "other" },
  { ...ec2("network-acl", "NetworkAcl", "DescribeNetworkAcls"), category: "network" },
  { ...ec2("dhcp-options", "DHCPOptions", "DescribeDhcpOptions"), category: "network" },
  {
    ...ec2("customer-gateway", "CustomerGateway", "DescribeCustomerGateways"),
    category: "network",
  },
  { ...ec2("vpn-gateway", "VPNGateway", "DescribeVpnGateways"), category: "network" },
  { ...ec2("vpc-flow-log", "FlowLog", "DescribeFlowLogs"), category: "network" },
  {
    ...ec2("vpc-peering-connection", "VPCPeeringConnection", "DescribeVpcPeeringConnections"),
    category: "network",
  },
  {
    ...ec2("capacity-reservation", "CapacityReservation", "DescribeCapacityReservations", true),
    category: "other",
  },
  {
    id: "rds:subgrp",
    cloudFormation: "AWS::RDS::DBSubnetGroup",
    category: "database",
    billable: false,
    handlerActions: ["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
    arn: regionalArn("rds", "subgrp:"),
  },
  {
    id: "memorydb:cluster",
    cloudFormation: "AWS::MemoryDB::Cluster",
    category: "database",
    billable: true,
    handlerActions: ["memorydb:DescribeClusters", "memorydb:ListTags"],
    arn: regionalArn("memorydb", "cluster/"),
  },
  {
    id: "batch:compute-environment",
    cloudFormation: "AWS::Batch::ComputeEnvironment",
    category: "container",
    billable: false,
    handlerActions: ["batch:DescribeComputeEnvironments"],
  },
  {
    id: "batch:job-queue",
    cloudFormation: "AWS::Batch::JobQueue",
    category: "queue",
    billable: false,
    handlerActions: ["batch:DescribeJobQueues"],
  },
  {
    id: "apprunner:service",
    cloudFormation: "AWS::AppRunner::Service",
    category: "container",
    billable: true,
    handlerActions: ["apprunner:ListServices", "apprunner:DescribeService"],
  },
  {
    id: "transfer:server",
    cloudFormation: "AWS::Transfer::Server",
    category: "other",
    billable: true,
    handlerActions: ["transfer:ListServers", "transfer:DescribeServer"],
  },
  {
    id: "datasync:task",
    cloudFormation: "AWS::DataSync::Task",
    category: "other",
    billable: true,
    handlerActions: ["datasync:ListTasks", "datasync:DescribeTask", "datasync:ListTagsForResource"],
  },
  {
    id: "network-firewall:firewall",
    cloudFormation: "AWS::NetworkFirewall::Firewall",
    category: "network",
    billable: true,
    handlerActions: ["network-firewall:ListFirewalls", "network-firewall:DescribeFirewall"],
  },
  {
    id: "amplify:apps",
    cloudFormation: "AWS::Amplify::App",
    category: "other",
    billable: true,
    handlerActions: ["amplify:ListApps", "amplify:GetApp"],
  },
  {
    id: "aps:workspace",
    cloudFormation: "AWS::APS::Workspace",
    category: "other",
    billable: true,
    handlerActions: ["aps:ListWorkspaces", "aps:DescribeWorkspace"],
  },
];

/**
 * Types without an enumerator of their own here, which Cloud Control lists when a question names them. A
 * question about everything leaves them to the source that shows all types of a Region at once.
 */
export const CLOUD_CONTROL_TYPES: readonly NativeType[] = TYPES.map(cloudControlType);
