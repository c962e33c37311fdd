import { listedType } from "../listed-type.ts";

/** CloudWatch alarms, composite ones included. */
export const cloudwatchAlarm = listedType({
  id: "cloudwatch:alarm",
  category: "other",
  billable: true,
  readActions: ["cloudwatch:DescribeAlarms"],
  cloudFormation: "AWS::CloudWatch::Alarm",
  terraform: "aws_cloudwatch_metric_alarm",
  service: "cloudWatch",
  list: (api) => api.alarms,
  tags: "tagging_api",
});
