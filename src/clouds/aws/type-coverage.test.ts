import { describe, expect, test } from "vitest";
import { NATIVE_TYPES } from "./resource-types.ts";

/** Every type the product promises to list by its own service, and whether it appears on the bill. */
const PROMISED: Readonly<Record<"billable" | "free", string>> = {
  billable: `
    ec2:instance ec2:volume ec2:snapshot ec2:image ec2:elastic-ip ec2:natgateway ec2:vpn-connection
    ec2:transit-gateway-attachment s3:bucket elasticfilesystem:file-system fsx:file-system
    rds:db rds:cluster rds:snapshot rds:cluster-snapshot dynamodb:table elasticache:cluster es:domain
    redshift:cluster redshift-serverless:workgroup redshift-serverless:namespace lambda:function
    ecs:service eks:cluster ecr:repository elasticloadbalancing:loadbalancer
    elasticloadbalancing:loadbalancer/app elasticloadbalancing:loadbalancer/net
    elasticloadbalancing:loadbalancer/gwy sns:topic sqs:queue kinesis:stream firehose:deliverystream
    kafka:cluster mq:broker states:stateMachine apigateway:restapis apigateway:apis
    cloudfront:distribution route53:hostedzone globalaccelerator:accelerator kms:key
    secretsmanager:secret cloudwatch:alarm logs:log-group glue:job elasticmapreduce:cluster
    sagemaker:endpoint sagemaker:notebook-instance bedrock:custom-model
    bedrock:provisioned-model codebuild:project codepipeline:pipeline workspaces:workspace`,
  free: `
    ec2:vpc ec2:subnet ec2:security-group elasticloadbalancing:targetgroup autoscaling:autoScalingGroup
    ecs:cluster ecs:task-definition athena:workgroup glue:database cognito-identity:identitypool
    iam:role iam:user bedrock:knowledge-base`,
};
/** Promised too; whether they are billed depends on how they are used. */
const EITHER = `
  ec2:transit-gateway eks:nodegroup events:event-bus events:rule acm:certificate ssm:parameter
  bedrock:agent bedrock:agent-alias bedrock:guardrail cognito-idp:userpool backup:backup-vault
  sagemaker:domain sagemaker:model glue:crawler`;

const names = (text: string): readonly string[] => text.trim().split(/\s+/);
const factsOf = (id: string) => NATIVE_TYPES.find(({ facts }) => facts.id === id)?.facts;

describe("types of AWS", () => {
  test.each(names(PROMISED.billable))("%s is listed by its service, and billed", (id) => {
    expect(factsOf(id)).toMatchObject({ billable: true, taggable: true });
  });

  test.each(names(PROMISED.free))("%s is listed by its service, and not billed", (id) => {
    expect(factsOf(id)).toMatchObject({ billable: false, taggable: true });
  });

  test.each(names(EITHER))("%s is listed by its service", (id) => {
    expect(factsOf(id)).toBeDefined();
  });

  /**
   * "GetResources … support all resource types" but IAM users and roles and Auto Scaling groups (API
   * Reference, "Services that support the Resource Groups Tagging API"): of those it shows nothing, which
   * must not read as never tagged.
   */
  test.each(["iam:role", "iam:user", "autoscaling:autoScalingGroup"])(
    "the tags of %s do not come from the tagging API, which lacks it",
    (id) => {
      const facts = factsOf(id);
      expect(facts?.taggingFilter).toBeNull();
      expect(facts?.readActions).not.toContain("tag:GetResources");
    },
  );

  test("every other type has a filter of the tagging API", () => {
    const without = NATIVE_TYPES.filter(({ facts }) => facts.taggingFilter === null);
    expect(without.map(({ facts }) => facts.id).toSorted()).toEqual([
      "autoscaling:autoScalingGroup",
      "iam:role",
      "iam:user",
    ]);
  });
});
