import { listedType, regionalArn } from "../listed-type.ts";

/** Internet gateways. */
export const ec2InternetGateway = listedType({
  id: "ec2:internet-gateway",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeInternetGateways"],
  cloudFormation: "AWS::EC2::InternetGateway",
  terraform: "aws_internet_gateway",
  service: "ec2",
  list: (api) => api.internetGateways,
  arn: regionalArn("ec2", "internet-gateway/"),
  tags: "listed",
});
