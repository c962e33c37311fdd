import { listedType } from "../listed-type.ts";

/** Private container repositories. */
export const ecrRepository = listedType({
  id: "ecr:repository",
  category: "container",
  billable: true,
  readActions: ["ecr:DescribeRepositories"],
  cloudFormation: "AWS::ECR::Repository",
  terraform: "aws_ecr_repository",
  service: "ecr",
  list: (api) => api.repositories,
  tags: "tagging_api",
});
