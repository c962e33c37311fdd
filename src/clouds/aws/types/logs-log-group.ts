import { listedType } from "../listed-type.ts";

/** Log groups. */
export const logsLogGroup = listedType({
  id: "logs:log-group",
  category: "other",
  billable: true,
  readActions: ["logs:DescribeLogGroups"],
  cloudFormation: "AWS::Logs::LogGroup",
  terraform: "aws_cloudwatch_log_group",
  service: "logs",
  list: (api) => api.logGroups,
  tags: "tagging_api",
});
