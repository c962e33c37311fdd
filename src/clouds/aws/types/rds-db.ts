import { listedType } from "../listed-type.ts";

/** Database instances, those of Aurora, Neptune and DocumentDB included. */
export const rdsDb = listedType({
  id: "rds:db",
  category: "database",
  billable: true,
  readActions: ["rds:DescribeDBInstances"],
  cloudFormation: "AWS::RDS::DBInstance",
  terraform: "aws_db_instance",
  service: "rds",
  list: (api) => api.instances,
  tags: "listed",
});
