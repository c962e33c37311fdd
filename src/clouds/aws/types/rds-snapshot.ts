import { listedType } from "../listed-type.ts";

/** Snapshots of database instances, automated ones included. */
export const rdsSnapshot = listedType({
  id: "rds:snapshot",
  category: "database",
  billable: true,
  readActions: ["rds:DescribeDBSnapshots"],
  cloudFormation: null,
  terraform: "aws_db_snapshot",
  service: "rds",
  list: (api) => api.snapshots,
  tags: "listed",
});
