import { listedType, regionalArn } from "../listed-type.ts";

/** CodeBuild projects, which are listed by name. */
export const codebuildProject = listedType({
  id: "codebuild:project",
  category: "other",
  billable: true,
  readActions: ["codebuild:ListProjects"],
  cloudFormation: "AWS::CodeBuild::Project",
  terraform: "aws_codebuild_project",
  service: "codeBuild",
  list: (api) => api.projects,
  arn: regionalArn("codebuild", "project/"),
  tags: "tagging_api",
});
