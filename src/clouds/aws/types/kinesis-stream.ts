import { listedType, regionalArn } from "../listed-type.ts";

/** Kinesis data streams. */
export const kinesisStream = listedType({
  id: "kinesis:stream",
  category: "queue",
  billable: true,
  readActions: ["kinesis:ListStreams"],
  cloudFormation: "AWS::Kinesis::Stream",
  terraform: "aws_kinesis_stream",
  service: "kinesis",
  list: (api) => api.streams,
  arn: regionalArn("kinesis", "stream/"),
  tags: "tagging_api",
});
