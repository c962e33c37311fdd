import { listedType } from "../listed-type.ts";

/** Machine images of the account's own. Their ARNs name no account (Service Authorization Reference). */
export const ec2Image = listedType({
  id: "ec2:image",
  category: "disk",
  billable: true,
  readActions: ["ec2:DescribeImages"],
  cloudFormation: null,
  terraform: "aws_ami",
  service: "ec2",
  list: (api) => api.images,
  arn: (id, { partition, region }) => `arn:${partition}:ec2:${region}::image/${id}`,
  tags: "listed",
});
