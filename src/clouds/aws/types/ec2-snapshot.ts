import { listedType } from "../listed-type.ts";

/** EBS snapshots of the account's own. Their ARNs name no account (Service Authorization Reference). */
export const ec2Snapshot = listedType({
  id: "ec2:snapshot",
  category: "disk",
  billable: true,
  readActions: ["ec2:DescribeSnapshots"],
  cloudFormation: null,
  terraform: "aws_ebs_snapshot",
  service: "ec2",
  list: (api) => api.snapshots,
  arn: (id, { partition, region }) => `arn:${partition}:ec2:${region}::snapshot/${id}`,
  tags: "listed",
});
