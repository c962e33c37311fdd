import { listedType, regionalArn } from "../listed-type.ts";
import { ELB_TAG_LIMIT } from "../elb-tag-limit.ts";

/** Classic load balancers, which are listed by name; DescribeTags takes 20 of them. */
export const elbClassic = listedType({
  id: "elasticloadbalancing:loadbalancer",
  category: "load_balancer",
  billable: true,
  tagLimit: ELB_TAG_LIMIT,
  readActions: ["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags"],
  cloudFormation: "AWS::ElasticLoadBalancing::LoadBalancer",
  terraform: "aws_elb",
  service: "elb",
  list: (api) => api.loadBalancers,
  arn: regionalArn("elasticloadbalancing", "loadbalancer/"),
  tags: { together: (api, names, signal) => api.tagsOf(names, signal), atMost: 20 },
});
