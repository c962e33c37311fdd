import { listedType, regionalArn } from "../listed-type.ts";

/** Parameters of Parameter Store. A name that is a path brings its own slash into the ARN. */
export const ssmParameter = listedType({
  id: "ssm:parameter",
  category: "secret",
  billable: false,
  readActions: ["ssm:DescribeParameters"],
  cloudFormation: "AWS::SSM::Parameter",
  terraform: "aws_ssm_parameter",
  service: "ssm",
  list: (api) => api.parameters,
  arn: (name, place) =>
    regionalArn("ssm", name.startsWith("/") ? "parameter" : "parameter/")(name, place),
  tags: "tagging_api",
});
