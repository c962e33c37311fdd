import { listedType, regionalArn } from "../listed-type.ts";

/** Site-to-Site VPN connections. */
export const ec2VpnConnection = listedType({
  id: "ec2:vpn-connection",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeVpnConnections"],
  cloudFormation: "AWS::EC2::VPNConnection",
  terraform: "aws_vpn_connection",
  service: "ec2",
  list: (api) => api.vpnConnections,
  arn: regionalArn("ec2", "vpn-connection/"),
  tags: "listed",
});
