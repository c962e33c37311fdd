/**
 * Types that Resource Explorer supports, in its own spelling: the estate's, and those a policy or a
 * category is likely to name, of which the estate has none (Resource Explorer User Guide, "Resource
 * types you can search for"). As at AWS, EKS node groups, Redshift Serverless and models of Bedrock are
 * not among them.
 */
const NAMES = `
acm:certificate amplify:apps apigateway:apis apigateway:restapis apprunner:service aps:workspace
athena:workgroup batch:compute-environment batch:job-queue datasync:task ec2:capacity-reservation
ec2:customer-gateway ec2:dedicated-host ec2:dhcp-options ec2:launch-template ec2:network-acl
ec2:vpc-flow-log ec2:vpc-peering-connection ec2:vpn-gateway memorydb:cluster
network-firewall:firewall rds:subgrp transfer:server
autoscaling:autoScalingGroup backup:backup-vault
bedrock:agent bedrock:agent-alias bedrock:guardrail bedrock:knowledge-base
cloudfront:distribution cloudwatch:alarm codebuild:project codepipeline:pipeline
cognito-identity:identitypool cognito-idp:userpool dynamodb:table ec2:elastic-ip ec2:image
ec2:instance ec2:internet-gateway ec2:natgateway ec2:network-interface ec2:route-table
ec2:security-group ec2:snapshot ec2:subnet ec2:transit-gateway ec2:transit-gateway-attachment
ec2:volume ec2:vpc ec2:vpc-endpoint ec2:vpn-connection ecr:repository ecs:cluster ecs:service
ecs:task-definition eks:cluster elasticache:cluster elasticache:replicationgroup
elasticfilesystem:file-system elasticloadbalancing:loadbalancer elasticloadbalancing:loadbalancer/app
elasticloadbalancing:loadbalancer/gwy elasticloadbalancing:loadbalancer/net
elasticloadbalancing:targetgroup elasticmapreduce:cluster es:domain events:event-bus events:rule
firehose:deliverystream fsx:file-system globalaccelerator:accelerator glue:crawler glue:database
glue:job iam:role iam:user kafka:cluster kinesis:stream kms:key lambda:function logs:log-group
mq:broker rds:cluster rds:cluster-snapshot rds:db rds:snapshot
redshift:cluster route53:hostedzone s3:bucket sagemaker:domain sagemaker:endpoint sagemaker:model
sagemaker:notebook-instance secretsmanager:secret sns:topic sqs:queue ssm:parameter
states:stateMachine workspaces:workspace`;

export const SUPPORTED_TYPES = NAMES.trim()
  .split(/\s+/)
  .map((id) => ({ ResourceType: id, Service: id.split(":")[0] }));
