import { listedType, regionalArn } from "../listed-type.ts";

/** VPC endpoints. */
export const ec2VpcEndpoint = listedType({
  id: "ec2:vpc-endpoint",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeVpcEndpoints"],
  cloudFormation: "AWS::EC2::VPCEndpoint",
  terraform: "aws_vpc_endpoint",
  service: "ec2",
  list: (api) => api.vpcEndpoints,
  arn: regionalArn("ec2", "vpc-endpoint/"),
  tags: "listed",
});
