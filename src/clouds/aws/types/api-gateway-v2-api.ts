import { listedType } from "../listed-type.ts";

/** HTTP and WebSocket APIs of API Gateway. Their ARNs name no account. */
export const apiGatewayV2Api = listedType({
  id: "apigateway:apis",
  category: "network",
  billable: true,
  taggingFilter: "apigateway",
  readActions: ["apigateway:GET"],
  cloudFormation: "AWS::ApiGatewayV2::Api",
  terraform: "aws_apigatewayv2_api",
  service: "apiGatewayV2",
  list: (api) => api.apis,
  arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/apis/${id}`,
  tags: "listed",
});
