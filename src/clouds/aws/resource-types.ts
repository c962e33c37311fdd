import { acmCertificate } from "./types/acm-certificate.ts";
import { apiGatewayRestApi } from "./types/api-gateway-rest-api.ts";
import { apiGatewayV2Api } from "./types/api-gateway-v2-api.ts";
import { athenaWorkgroup } from "./types/athena-workgroup.ts";
import { autoscalingAutoScalingGroup } from "./types/autoscaling-auto-scaling-group.ts";
import { backupBackupVault } from "./types/backup-backup-vault.ts";
import { bedrockAgent } from "./types/bedrock-agent.ts";
import { bedrockAgentAlias } from "./types/bedrock-agent-alias.ts";
import { bedrockCustomModel } from "./types/bedrock-custom-model.ts";
import { bedrockGuardrail } from "./types/bedrock-guardrail.ts";
import { bedrockKnowledgeBase } from "./types/bedrock-knowledge-base.ts";
import { bedrockProvisionedModel } from "./types/bedrock-provisioned-model.ts";
import { cloudfrontDistribution } from "./types/cloudfront-distribution.ts";
import { cloudwatchAlarm } from "./types/cloudwatch-alarm.ts";
import { codebuildProject } from "./types/codebuild-project.ts";
import { codepipelinePipeline } from "./types/codepipeline-pipeline.ts";
import { cognitoUserPool } from "./types/cognito-user-pool.ts";
import { dynamodbTable } from "./types/dynamodb-table.ts";
import { ec2ElasticIp } from "./types/ec2-elastic-ip.ts";
import { ec2Image } from "./types/ec2-image.ts";
import { ec2Instance } from "./types/ec2-instance.ts";
import { ec2InternetGateway } from "./types/ec2-internet-gateway.ts";
import { ec2Natgateway } from "./types/ec2-natgateway.ts";
import { ec2NetworkInterface } from "./types/ec2-network-interface.ts";
import { ec2RouteTable } from "./types/ec2-route-table.ts";
import { ec2SecurityGroup } from "./types/ec2-security-group.ts";
import { ec2Snapshot } from "./types/ec2-snapshot.ts";
import { ec2Subnet } from "./types/ec2-subnet.ts";
import { ec2TransitGateway } from "./types/ec2-transit-gateway.ts";
import { ec2TransitGatewayAttachment } from "./types/ec2-transit-gateway-attachment.ts";
import { ec2Volume } from "./types/ec2-volume.ts";
import { ec2Vpc } from "./types/ec2-vpc.ts";
import { ec2VpcEndpoint } from "./types/ec2-vpc-endpoint.ts";
import { ec2VpnConnection } from "./types/ec2-vpn-connection.ts";
import { ecrRepository } from "./types/ecr-repository.ts";
import { ecsCluster } from "./types/ecs-cluster.ts";
import { ecsService } from "./types/ecs-service.ts";
import { ecsTaskDefinition } from "./types/ecs-task-definition.ts";
import { eksCluster } from "./types/eks-cluster.ts";
import { eksNodegroup } from "./types/eks-nodegroup.ts";
import { elasticacheCluster } from "./types/elasticache-cluster.ts";
import { elasticacheReplicationGroup } from "./types/elasticache-replication-group.ts";
import { elasticfilesystemFileSystem } from "./types/elasticfilesystem-file-system.ts";
import { elbApplication } from "./types/elb-application.ts";
import { elbClassic } from "./types/elb-classic.ts";
import { elbGateway } from "./types/elb-gateway.ts";
import { elbNetwork } from "./types/elb-network.ts";
import { elbTargetGroup } from "./types/elb-target-group.ts";
import { emrCluster } from "./types/emr-cluster.ts";
import { eventsEventBus } from "./types/events-event-bus.ts";
import { eventsRule } from "./types/events-rule.ts";
import { firehoseDeliveryStream } from "./types/firehose-delivery-stream.ts";
import { fsxFileSystem } from "./types/fsx-file-system.ts";
import { glueCrawler } from "./types/glue-crawler.ts";
import { glueJob } from "./types/glue-job.ts";
import { iamRole } from "./types/iam-role.ts";
import { iamUser } from "./types/iam-user.ts";
import { cognitoIdentityPool } from "./types/cognito-identity-pool.ts";
import { globalAccelerator } from "./types/global-accelerator.ts";
import { glueDatabase } from "./types/glue-database.ts";
import { redshiftServerlessNamespace } from "./types/redshift-serverless-namespace.ts";
import { redshiftServerlessWorkgroup } from "./types/redshift-serverless-workgroup.ts";
import { kafkaCluster } from "./types/kafka-cluster.ts";
import { kinesisStream } from "./types/kinesis-stream.ts";
import { kmsKey } from "./types/kms-key.ts";
import { lambdaFunction } from "./types/lambda-function.ts";
import { logsLogGroup } from "./types/logs-log-group.ts";
import { mqBroker } from "./types/mq-broker.ts";
import { opensearchDomain } from "./types/opensearch-domain.ts";
import { rdsCluster } from "./types/rds-cluster.ts";
import { rdsClusterSnapshot } from "./types/rds-cluster-snapshot.ts";
import { rdsDb } from "./types/rds-db.ts";
import { rdsSnapshot } from "./types/rds-snapshot.ts";
import { redshiftCluster } from "./types/redshift-cluster.ts";
import { route53HostedZone } from "./types/route53-hosted-zone.ts";
import { s3Bucket } from "./types/s3-bucket.ts";
import { sagemakerDomain } from "./types/sagemaker-domain.ts";
import { sagemakerEndpoint } from "./types/sagemaker-endpoint.ts";
import { sagemakerModel } from "./types/sagemaker-model.ts";
import { sagemakerNotebookInstance } from "./types/sagemaker-notebook-instance.ts";
import { secretsmanagerSecret } from "./types/secretsmanager-secret.ts";
import { snsTopic } from "./types/sns-topic.ts";
import { sqsQueue } from "./types/sqs-queue.ts";
import { ssmParameter } from "./types/ssm-parameter.ts";
import { stepFunctionsStateMachine } from "./types/step-functions-state-machine.ts";
import { workspacesWorkspace } from "./types/workspaces-workspace.ts";
import { isCloudFormationName } from "../../domain/resource-type.ts";
import { namedType } from "./cloud-control-type.ts";
import { CLOUD_CONTROL_TYPES } from "./cloud-control-types.ts";
import type { AwsTypeFacts, NativeType, NativeTypeFacts } from "./types/native-type.ts";

/** Types that their own service lists for us. A new one is a file in `types/` and a line here. */
export const NATIVE_TYPES: readonly NativeType[] = [
  ec2Instance,
  s3Bucket,
  ec2Volume,
  ec2Snapshot,
  ec2Image,
  ec2ElasticIp,
  ec2Natgateway,
  ec2Vpc,
  ec2Subnet,
  ec2SecurityGroup,
  ec2VpnConnection,
  ec2TransitGateway,
  ec2TransitGatewayAttachment,
  ec2VpcEndpoint,
  ec2InternetGateway,
  ec2RouteTable,
  ec2NetworkInterface,
  autoscalingAutoScalingGroup,
  backupBackupVault,
  elasticfilesystemFileSystem,
  fsxFileSystem,
  rdsDb,
  rdsCluster,
  rdsSnapshot,
  rdsClusterSnapshot,
  dynamodbTable,
  elasticacheCluster,
  elasticacheReplicationGroup,
  opensearchDomain,
  redshiftCluster,
  redshiftServerlessWorkgroup,
  redshiftServerlessNamespace,
  lambdaFunction,
  ecsCluster,
  ecsService,
  ecsTaskDefinition,
  ecrRepository,
  eksCluster,
  eksNodegroup,
  elbClassic,
  elbApplication,
  elbNetwork,
  elbGateway,
  elbTargetGroup,
  apiGatewayRestApi,
  apiGatewayV2Api,
  cloudfrontDistribution,
  globalAccelerator,
  route53HostedZone,
  sqsQueue,
  snsTopic,
  kinesisStream,
  firehoseDeliveryStream,
  kafkaCluster,
  mqBroker,
  eventsEventBus,
  eventsRule,
  secretsmanagerSecret,
  ssmParameter,
  acmCertificate,
  kmsKey,
  bedrockAgent,
  bedrockAgentAlias,
  bedrockKnowledgeBase,
  bedrockGuardrail,
  bedrockCustomModel,
  bedrockProvisionedModel,
  sagemakerEndpoint,
  sagemakerNotebookInstance,
  sagemakerDomain,
  sagemakerModel,
  stepFunctionsStateMachine,
  cloudwatchAlarm,
  logsLogGroup,
  glueJob,
  glueCrawler,
  glueDatabase,
  athenaWorkgroup,
  emrCluster,
  cognitoUserPool,
  cognitoIdentityPool,
  codebuildProject,
  codepipelinePipeline,
  workspacesWorkspace,
  iamRole,
  iamUser,
];

/** Every AWS type this build knows by name. Ids are what `typeOfArn` makes of an ARN. */
export const AWS_RESOURCE_TYPES: readonly NativeTypeFacts[] = [
  ...NATIVE_TYPES,
  ...CLOUD_CONTROL_TYPES,
].map(({ facts }) => facts);

const BY_ID = new Map(
  [...NATIVE_TYPES, ...CLOUD_CONTROL_TYPES].map((type) => [type.facts.id.toLowerCase(), type]),
);

export function findType(id: string): AwsTypeFacts | undefined {
  return BY_ID.get(id.toLowerCase())?.facts;
}

/** Types that were asked for by a CloudFormation name alone. */
const byName = new Map<string, NativeType>();

/** How a type is listed: by its own service, or by Cloud Control. */
export function findListed(id: string): NativeType | undefined {
  const known = BY_ID.get(id.toLowerCase()) ?? byName.get(id);
  if (known !== undefined || !isCloudFormationName(id)) return known;
  const made = namedType(id);
  byName.set(id, made);
  return made;
}
