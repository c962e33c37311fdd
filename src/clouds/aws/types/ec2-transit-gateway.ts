import { listedType, regionalArn } from "../listed-type.ts";

/** Transit gateways that the account owns. */
export const ec2TransitGateway = listedType({
  id: "ec2:transit-gateway",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeTransitGateways"],
  cloudFormation: "AWS::EC2::TransitGateway",
  terraform: "aws_ec2_transit_gateway",
  service: "ec2",
  list: (api) => api.transitGateways,
  arn: regionalArn("ec2", "transit-gateway/"),
  tags: "listed",
});
