import { listedType } from "../listed-type.ts";

/** Amazon MQ brokers. */
export const mqBroker = listedType({
  id: "mq:broker",
  category: "queue",
  billable: true,
  readActions: ["mq:ListBrokers"],
  cloudFormation: "AWS::AmazonMQ::Broker",
  terraform: "aws_mq_broker",
  service: "mq",
  list: (api) => api.brokers,
  tags: "tagging_api",
});
