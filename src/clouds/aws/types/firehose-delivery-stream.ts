import { listedType, regionalArn } from "../listed-type.ts";

/** Firehose streams, which are listed by name. */
export const firehoseDeliveryStream = listedType({
  id: "firehose:deliverystream",
  category: "queue",
  billable: true,
  readActions: ["firehose:ListDeliveryStreams"],
  cloudFormation: "AWS::KinesisFirehose::DeliveryStream",
  terraform: "aws_kinesis_firehose_delivery_stream",
  service: "firehose",
  list: (api) => api.deliveryStreams,
  arn: regionalArn("firehose", "deliverystream/"),
  tags: "tagging_api",
});
