import { listedType, regionalArn } from "../listed-type.ts";

/** Glue crawlers, which are listed by name. */
export const glueCrawler = listedType({
  id: "glue:crawler",
  category: "other",
  billable: true,
  readActions: ["glue:ListCrawlers"],
  cloudFormation: "AWS::Glue::Crawler",
  terraform: "aws_glue_crawler",
  service: "glue",
  list: (api) => api.crawlers,
  arn: regionalArn("glue", "crawler/"),
  tags: "tagging_api",
});
