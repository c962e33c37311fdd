import { listedType } from "../listed-type.ts";
import { ELB_TAG_LIMIT } from "../elb-tag-limit.ts";

/** Gateway Load Balancers. */
export const elbGateway = listedType({
  id: "elasticloadbalancing:loadbalancer/gwy",
  category: "load_balancer",
  billable: true,
  tagLimit: ELB_TAG_LIMIT,
  taggingFilter: "elasticloadbalancing:loadbalancer",
  readActions: ["elasticloadbalancing:DescribeLoadBalancers"],
  cloudFormation: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  terraform: "aws_lb",
  service: "elbV2",
  list: (api) => api.loadBalancers("gateway"),
  tags: "tagging_api",
});
