import { listedType } from "../listed-type.ts";

/** Hosted zones of Route 53. */
export const route53HostedZone = listedType({
  id: "route53:hostedzone",
  category: "network",
  billable: true,
  global: true,
  readActions: ["route53:ListHostedZones"],
  cloudFormation: "AWS::Route53::HostedZone",
  terraform: "aws_route53_zone",
  service: "route53",
  list: (api) => api.hostedZones,
  arn: (id, { partition }) => `arn:${partition}:route53:::hostedzone/${id}`,
  tags: "tagging_api",
});
