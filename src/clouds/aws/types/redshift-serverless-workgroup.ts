import { listedType } from "../listed-type.ts";

/** Workgroups of Redshift Serverless: its compute. */
export const redshiftServerlessWorkgroup = listedType({
  id: "redshift-serverless:workgroup",
  category: "database",
  billable: true,
  readActions: ["redshift-serverless:ListWorkgroups"],
  cloudFormation: "AWS::RedshiftServerless::Workgroup",
  terraform: "aws_redshiftserverless_workgroup",
  service: "redshiftServerless",
  list: (api) => api.workgroups,
  tags: "tagging_api",
});
