import { listedType } from "../listed-type.ts";

/** IAM users. The tagging API does not list them. */
export const iamUser = listedType({
  id: "iam:user",
  category: "other",
  billable: false,
  global: true,
  taggingFilter: null,
  readActions: ["iam:GetAccountAuthorizationDetails"],
  cloudFormation: "AWS::IAM::User",
  terraform: "aws_iam_user",
  service: "iam",
  list: (api) => api.users,
  tags: "listed",
});
