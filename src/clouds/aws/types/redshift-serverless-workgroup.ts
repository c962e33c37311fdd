import { listedType } from "../listed-type.ts";

/**
 * Workgroups of Redshift Serverless: its compute. Each is made for a namespace (API Reference of
 * `CreateWorkgroup`), which cannot be deleted before it (Management Guide, "Deleting a namespace").
 */
export const redshiftServerlessWorkgroup = listedType({
  id: "redshift-serverless:workgroup",
  category: "database",
  billable: true,
  readActions: ["redshift-serverless:ListWorkgroups", "redshift-serverless:ListNamespaces"],
  cloudFormation: "AWS::RedshiftServerless::Workgroup",
  terraform: "aws_redshiftserverless_workgroup",
  service: "redshiftServerless",
  onlyWhere: { type: "redshift-serverless:namespace", list: (api) => api.namespaces },
  list: (api) => api.workgroups,
  tags: "tagging_api",
});
