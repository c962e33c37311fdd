import { listedType, regionalArn } from "../listed-type.ts";

/** Elastic IP addresses. */
export const ec2ElasticIp = listedType({
  id: "ec2:elastic-ip",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeAddresses"],
  cloudFormation: "AWS::EC2::EIP",
  terraform: "aws_eip",
  service: "ec2",
  list: (api) => api.addresses,
  arn: regionalArn("ec2", "elastic-ip/"),
  tags: "listed",
});
