import { listedType } from "../listed-type.ts";

/** SNS topics. */
export const snsTopic = listedType({
  id: "sns:topic",
  category: "queue",
  billable: true,
  taggingFilter: "sns",
  readActions: ["sns:ListTopics"],
  cloudFormation: "AWS::SNS::Topic",
  terraform: "aws_sns_topic",
  service: "sns",
  list: (api) => api.topics,
  tags: "tagging_api",
});
