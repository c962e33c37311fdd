import { listedType } from "../listed-type.ts";
import { ELB_TAG_LIMIT } from "../elb-tag-limit.ts";

/** Target groups of load balancers. */
export const elbTargetGroup = listedType({
  id: "elasticloadbalancing:targetgroup",
  category: "load_balancer",
  billable: false,
  tagLimit: ELB_TAG_LIMIT,
  readActions: ["elasticloadbalancing:DescribeTargetGroups"],
  cloudFormation: "AWS::ElasticLoadBalancingV2::TargetGroup",
  terraform: "aws_lb_target_group",
  service: "elbV2",
  list: (api) => api.targetGroups,
  tags: "tagging_api",
});
