import { listedType, regionalArn } from "../listed-type.ts";

/** User pools of Cognito. */
export const cognitoUserPool = listedType({
  id: "cognito-idp:userpool",
  category: "other",
  billable: true,
  readActions: ["cognito-idp:ListUserPools"],
  cloudFormation: "AWS::Cognito::UserPool",
  terraform: "aws_cognito_user_pool",
  service: "cognito",
  list: (api) => api.userPools,
  arn: regionalArn("cognito-idp", "userpool/"),
  tags: "tagging_api",
});
