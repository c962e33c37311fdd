import { listedType } from "../listed-type.ts";

/** SageMaker domains. */
export const sagemakerDomain = listedType({
  id: "sagemaker:domain",
  category: "ai_model",
  billable: true,
  readActions: ["sagemaker:ListDomains"],
  cloudFormation: "AWS::SageMaker::Domain",
  terraform: "aws_sagemaker_domain",
  service: "sageMaker",
  list: (api) => api.domains,
  tags: "tagging_api",
});
