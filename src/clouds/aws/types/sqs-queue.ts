import { listedType, regionalArn } from "../listed-type.ts";

/** SQS queues, which are listed by URL. */
export const sqsQueue = listedType({
  id: "sqs:queue",
  category: "queue",
  billable: true,
  taggingFilter: "sqs",
  readActions: ["sqs:ListQueues"],
  cloudFormation: "AWS::SQS::Queue",
  terraform: "aws_sqs_queue",
  service: "sqs",
  list: (api) => api.queues,
  arn: regionalArn("sqs", ""),
  tags: "tagging_api",
});
