import { listedType } from "../listed-type.ts";

/** Auto Scaling groups. The tagging API does not list them. */
export const autoscalingAutoScalingGroup = listedType({
  id: "autoscaling:autoScalingGroup",
  category: "virtual_machine",
  billable: false,
  taggingFilter: null,
  readActions: ["autoscaling:DescribeAutoScalingGroups"],
  cloudFormation: "AWS::AutoScaling::AutoScalingGroup",
  terraform: "aws_autoscaling_group",
  service: "autoScaling",
  list: (api) => api.groups,
  tags: "listed",
});
