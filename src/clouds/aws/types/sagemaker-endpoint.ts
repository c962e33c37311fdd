import { listedType } from "../listed-type.ts";

/** SageMaker endpoints. */
export const sagemakerEndpoint = listedType({
  id: "sagemaker:endpoint",
  category: "ai_model",
  billable: true,
  readActions: ["sagemaker:ListEndpoints"],
  cloudFormation: "AWS::SageMaker::Endpoint",
  terraform: "aws_sagemaker_endpoint",
  service: "sageMaker",
  list: (api) => api.endpoints,
  tags: "tagging_api",
});
