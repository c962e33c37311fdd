import { listedType } from "../listed-type.ts";

/** SageMaker notebook instances. */
export const sagemakerNotebookInstance = listedType({
  id: "sagemaker:notebook-instance",
  category: "ai_model",
  billable: true,
  readActions: ["sagemaker:ListNotebookInstances"],
  cloudFormation: "AWS::SageMaker::NotebookInstance",
  terraform: "aws_sagemaker_notebook_instance",
  service: "sageMaker",
  list: (api) => api.notebooks,
  tags: "tagging_api",
});
