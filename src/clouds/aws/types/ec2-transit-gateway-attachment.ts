import { listedType, regionalArn } from "../listed-type.ts";

/** Attachments to transit gateways, on either side. */
export const ec2TransitGatewayAttachment = listedType({
  id: "ec2:transit-gateway-attachment",
  category: "network",
  billable: true,
  readActions: ["ec2:DescribeTransitGatewayAttachments"],
  cloudFormation: "AWS::EC2::TransitGatewayAttachment",
  terraform: "aws_ec2_transit_gateway_vpc_attachment",
  service: "ec2",
  list: (api) => api.transitGatewayAttachments,
  arn: regionalArn("ec2", "transit-gateway-attachment/"),
  tags: "listed",
});
