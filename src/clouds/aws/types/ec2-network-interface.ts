import { listedType, regionalArn } from "../listed-type.ts";

/** Network interfaces, those of AWS services included. */
export const ec2NetworkInterface = listedType({
  id: "ec2:network-interface",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeNetworkInterfaces"],
  cloudFormation: "AWS::EC2::NetworkInterface",
  terraform: "aws_network_interface",
  service: "ec2",
  list: (api) => api.networkInterfaces,
  arn: regionalArn("ec2", "network-interface/"),
  tags: "listed",
});
