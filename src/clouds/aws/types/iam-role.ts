import { listedType } from "../listed-type.ts";

/** IAM roles, those of AWS services included. The tagging API does not list them. */
export const iamRole = listedType({
  id: "iam:role",
  category: "other",
  billable: false,
  global: true,
  taggingFilter: null,
  readActions: ["iam:GetAccountAuthorizationDetails"],
  cloudFormation: "AWS::IAM::Role",
  terraform: "aws_iam_role",
  service: "iam",
  list: (api) => api.roles,
  tags: "listed",
});
