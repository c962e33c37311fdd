import { listedType, regionalArn } from "../listed-type.ts";

/** VPCs, the default ones included. */
export const ec2Vpc = listedType({
  id: "ec2:vpc",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeVpcs"],
  cloudFormation: "AWS::EC2::VPC",
  terraform: "aws_vpc",
  service: "ec2",
  list: (api) => api.vpcs,
  arn: regionalArn("ec2", "vpc/"),
  tags: "listed",
});
