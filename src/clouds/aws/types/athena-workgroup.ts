import { listedType, regionalArn } from "../listed-type.ts";

/** Athena workgroups, which are listed by name; every Region has `primary`. */
export const athenaWorkgroup = listedType({
  id: "athena:workgroup",
  category: "other",
  billable: false,
  readActions: ["athena:ListWorkGroups"],
  cloudFormation: "AWS::Athena::WorkGroup",
  terraform: "aws_athena_workgroup",
  service: "athena",
  list: (api) => api.workGroups,
  arn: regionalArn("athena", "workgroup/"),
  tags: "tagging_api",
});
