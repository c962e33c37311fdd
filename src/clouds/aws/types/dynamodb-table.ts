import { listedType, regionalArn } from "../listed-type.ts";

/** DynamoDB tables, which are listed by name. */
export const dynamodbTable = listedType({
  id: "dynamodb:table",
  category: "database",
  billable: true,
  readActions: ["dynamodb:ListTables"],
  cloudFormation: "AWS::DynamoDB::Table",
  terraform: "aws_dynamodb_table",
  service: "dynamoDb",
  list: (api) => api.tables,
  arn: regionalArn("dynamodb", "table/"),
  tags: "tagging_api",
});
