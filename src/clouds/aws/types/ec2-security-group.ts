import { listedType, regionalArn } from "../listed-type.ts";

/** Security groups, the default ones included. */
export const ec2SecurityGroup = listedType({
  id: "ec2:security-group",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeSecurityGroups"],
  cloudFormation: "AWS::EC2::SecurityGroup",
  terraform: "aws_security_group",
  service: "ec2",
  list: (api) => api.securityGroups,
  arn: regionalArn("ec2", "security-group/"),
  tags: "listed",
});
