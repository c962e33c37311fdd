import { listedType } from "../listed-type.ts";

/** Namespaces of Redshift Serverless: its storage, which is billed too. */
export const redshiftServerlessNamespace = listedType({
  id: "redshift-serverless:namespace",
  category: "database",
  billable: true,
  readActions: ["redshift-serverless:ListNamespaces"],
  cloudFormation: "AWS::RedshiftServerless::Namespace",
  terraform: "aws_redshiftserverless_namespace",
  service: "redshiftServerless",
  list: (api) => api.namespaces,
  shared: true,
  tags: "tagging_api",
});
