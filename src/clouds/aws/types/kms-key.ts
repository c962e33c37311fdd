import { listedType } from "../listed-type.ts";

/** KMS keys that the customer manages. The list does not say which: DescribeKey does, one key at a time. */
export const kmsKey = listedType({
  id: "kms:key",
  category: "key",
  billable: true,
  readActions: ["kms:ListKeys", "kms:DescribeKey"],
  cloudFormation: "AWS::KMS::Key",
  terraform: "aws_kms_key",
  service: "kms",
  list: (api) => api.keys,
  detail: (api, { id }, signal) => api.key(id, signal),
  tags: "tagging_api",
});
