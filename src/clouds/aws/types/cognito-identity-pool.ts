import { listedType, regionalArn } from "../listed-type.ts";

/** Identity pools of Cognito. */
export const cognitoIdentityPool = listedType({
  id: "cognito-identity:identitypool",
  category: "other",
  billable: false,
  readActions: ["cognito-identity:ListIdentityPools"],
  cloudFormation: "AWS::Cognito::IdentityPool",
  terraform: "aws_cognito_identity_pool",
  service: "cognitoIdentity",
  list: (api) => api.identityPools,
  arn: regionalArn("cognito-identity", "identitypool/"),
  tags: "tagging_api",
});
