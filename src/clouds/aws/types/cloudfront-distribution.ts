import { listedType } from "../listed-type.ts";

/** CloudFront distributions. */
export const cloudfrontDistribution = listedType({
  id: "cloudfront:distribution",
  category: "network",
  billable: true,
  global: true,
  readActions: ["cloudfront:ListDistributions"],
  cloudFormation: "AWS::CloudFront::Distribution",
  terraform: "aws_cloudfront_distribution",
  service: "cloudFront",
  list: (api) => api.distributions,
  tags: "tagging_api",
});
