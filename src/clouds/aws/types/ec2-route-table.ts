import { listedType, regionalArn } from "../listed-type.ts";

/** Route tables, the main ones included. */
export const ec2RouteTable = listedType({
  id: "ec2:route-table",
  category: "network",
  billable: false,
  readActions: ["ec2:DescribeRouteTables"],
  cloudFormation: "AWS::EC2::RouteTable",
  terraform: "aws_route_table",
  service: "ec2",
  list: (api) => api.routeTables,
  arn: regionalArn("ec2", "route-table/"),
  tags: "listed",
});
