import { listedType, regionalArn } from "../listed-type.ts";

/** Glue jobs, which are listed by name. */
export const glueJob = listedType({
  id: "glue:job",
  category: "other",
  billable: true,
  readActions: ["glue:ListJobs"],
  cloudFormation: "AWS::Glue::Job",
  terraform: "aws_glue_job",
  service: "glue",
  list: (api) => api.jobs,
  arn: regionalArn("glue", "job/"),
  tags: "tagging_api",
});
