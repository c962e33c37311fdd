import { listedType, regionalArn } from "../listed-type.ts";

/** Pipelines of CodePipeline, which are listed by name. */
export const codepipelinePipeline = listedType({
  id: "codepipeline:pipeline",
  category: "other",
  billable: true,
  taggingFilter: "codepipeline",
  readActions: ["codepipeline:ListPipelines"],
  cloudFormation: "AWS::CodePipeline::Pipeline",
  terraform: "aws_codepipeline",
  service: "codePipeline",
  list: (api) => api.pipelines,
  arn: regionalArn("codepipeline", ""),
  tags: "tagging_api",
});
