import { listedType } from "../listed-type.ts";

/** Lambda functions. */
export const lambdaFunction = listedType({
  id: "lambda:function",
  category: "function",
  billable: true,
  readActions: ["lambda:ListFunctions"],
  cloudFormation: "AWS::Lambda::Function",
  terraform: "aws_lambda_function",
  service: "lambda",
  list: (api) => api.functions,
  tags: "tagging_api",
});
