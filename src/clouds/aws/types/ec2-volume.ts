import { listedType, regionalArn } from "../listed-type.ts";

/** EBS volumes. */
export const ec2Volume = listedType({
  id: "ec2:volume",
  category: "disk",
  billable: true,
  readActions: ["ec2:DescribeVolumes"],
  cloudFormation: "AWS::EC2::Volume",
  terraform: "aws_ebs_volume",
  service: "ec2",
  list: (api) => api.volumes,
  arn: regionalArn("ec2", "volume/"),
  tags: "listed",
});
