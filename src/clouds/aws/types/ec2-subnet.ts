import { listedType, regionalArn } from "../listed-type.ts";

/** Subnets that the account owns. */
export const ec2Subnet = listedType({
  id: "ec2:subnet",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeSubnets"],
  cloudFormation: "AWS::EC2::Subnet",
  terraform: "aws_subnet",
  service: "ec2",
  list: (api) => api.subnets,
  arn: regionalArn("ec2", "subnet/"),
  tags: "listed",
});
