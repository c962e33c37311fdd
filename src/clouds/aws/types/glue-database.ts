import { listedType, regionalArn } from "../listed-type.ts";

/** Databases of the account's own Glue Data Catalog. */
export const glueDatabase = listedType({
  id: "glue:database",
  category: "other",
  billable: false,
  readActions: ["glue:GetDatabases"],
  cloudFormation: "AWS::Glue::Database",
  terraform: "aws_glue_catalog_database",
  service: "glue",
  list: (api) => api.databases,
  arn: regionalArn("glue", "database/"),
  tags: "tagging_api",
});
