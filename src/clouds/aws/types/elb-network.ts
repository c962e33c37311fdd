import { listedType } from "../listed-type.ts";
import { ELB_TAG_LIMIT } from "../elb-tag-limit.ts";

/** Network Load Balancers. */
export const elbNetwork = listedType({
  id: "elasticloadbalancing:loadbalancer/net",
  category: "load_balancer",
  billable: true,
  tagLimit: ELB_TAG_LIMIT,
  taggingFilter: "elasticloadbalancing:loadbalancer",
  readActions: ["elasticloadbalancing:DescribeLoadBalancers"],
  cloudFormation: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  terraform: "aws_lb",
  service: "elbV2",
  list: (api) => api.loadBalancers("network"),
  tags: "tagging_api",
});
