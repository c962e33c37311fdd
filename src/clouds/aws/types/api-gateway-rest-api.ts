import { listedType } from "../listed-type.ts";

/** REST APIs of API Gateway. Their ARNs name no account. */
export const apiGatewayRestApi = listedType({
  id: "apigateway:restapis",
  category: "network",
  billable: true,
  taggingFilter: "apigateway",
  readActions: ["apigateway:GET"],
  cloudFormation: "AWS::ApiGateway::RestApi",
  terraform: "aws_api_gateway_rest_api",
  service: "apiGateway",
  list: (api) => api.restApis,
  arn: (id, { partition, region }) => `arn:${partition}:apigateway:${region}::/restapis/${id}`,
  tags: "listed",
});
