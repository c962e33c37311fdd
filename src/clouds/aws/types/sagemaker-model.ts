import { listedType } from "../listed-type.ts";

/** SageMaker models. */
export const sagemakerModel = listedType({
  id: "sagemaker:model",
  category: "ai_model",
  billable: false,
  readActions: ["sagemaker:ListModels"],
  cloudFormation: "AWS::SageMaker::Model",
  terraform: "aws_sagemaker_model",
  service: "sageMaker",
  list: (api) => api.models,
  tags: "tagging_api",
});
