import { listedType, regionalArn } from "../listed-type.ts";

/** NAT gateways. */
export const ec2Natgateway = listedType({
  id: "ec2:natgateway",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeNatGateways"],
  cloudFormation: "AWS::EC2::NatGateway",
  terraform: "aws_nat_gateway",
  service: "ec2",
  list: (api) => api.natGateways,
  arn: regionalArn("ec2", "natgateway/"),
  tags: "listed",
});
