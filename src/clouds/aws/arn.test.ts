import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseArn, typeOfArn } from "./arn.ts";
import { AWS_RESOURCE_TYPES } from "./resource-types.ts";

/** ARN shapes from the Service Authorization Reference ("Resource types defined by …"). */
const EXAMPLES: readonly (readonly [arn: string, type: string])[] = [
  ["arn:aws:ec2:us-east-1:123456789012:instance/i-0abc", "ec2:instance"],
  ["arn:aws:ec2:us-east-1::image/ami-0abc", "ec2:image"],
  ["arn:aws-us-gov:ec2:us-gov-west-1:123456789012:volume/vol-1", "ec2:volume"],
  ["arn:aws:s3:::logs", "s3:bucket"],
  ["arn:aws:s3:::logs/2026/a:b", "s3:object"],
  ["arn:aws:s3:eu-west-1:123456789012:accesspoint/reports", "s3:accesspoint"],
  ["arn:aws:sqs:us-east-1:123456789012:orders.fifo", "sqs:queue"],
  ["arn:aws:sns:us-east-1:123456789012:alerts", "sns:topic"],
  ["arn:aws:sns:us-east-1:123456789012:alerts:0b1c", "sns:subscription"],
  ["arn:aws:codepipeline:us-east-1:123456789012:release", "codepipeline:pipeline"],
  ["arn:aws:codepipeline:us-east-1:123456789012:webhook:push", "codepipeline:webhook"],
  ["arn:aws:rds:us-east-1:123456789012:db:orders", "rds:db"],
  ["arn:aws:rds:us-east-1:123456789012:cluster-snapshot:rds:x-2026", "rds:cluster-snapshot"],
  ["arn:aws:lambda:us-east-1:123456789012:function:resize:3", "lambda:function"],
  ["arn:aws:dynamodb:us-east-1:123456789012:table/orders", "dynamodb:table"],
  ["arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/by-day", "dynamodb:index"],
  ["arn:aws:kinesis:us-east-1:123456789012:stream/clicks", "kinesis:stream"],
  ["arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/a:1", "kinesis:consumer"],
  ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/x:*", "logs:log-group"],
  ["arn:aws:logs:us-east-1:123456789012:log-group:a:log-stream:b", "logs:log-stream"],
  ["arn:aws:ssm:us-east-1:123456789012:parameter/app/db/url", "ssm:parameter"],
  ["arn:aws:kms:us-east-1:123456789012:key/1234-abcd", "kms:key"],
  ["arn:aws:ecs:us-east-1:123456789012:service/main/web", "ecs:service"],
  ["arn:aws:ecs:us-east-1:123456789012:task-definition/web:7", "ecs:task-definition"],
  [
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc",
    "elasticloadbalancing:loadbalancer/app",
  ],
  [
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app",
    "elasticloadbalancing:loadbalancer",
  ],
  [
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2",
    "elasticloadbalancing:targetgroup",
  ],
  ["arn:aws:apigateway:us-east-1::/restapis/a1b2", "apigateway:restapis"],
  ["arn:aws:apigateway:us-east-1::/restapis/a1b2/stages/prod", "apigateway:restapis/stages"],
  [
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:uuid:autoScalingGroupName/web",
    "autoscaling:autoScalingGroup",
  ],
  ["arn:aws:states:us-east-1:123456789012:stateMachine:orders", "states:stateMachine"],
  ["arn:aws:cloudfront::123456789012:distribution/E1", "cloudfront:distribution"],
  ["arn:aws:route53:::hostedzone/Z1", "route53:hostedzone"],
  ["arn:aws:iam::123456789012:role/service-role/x", "iam:role"],
  ["arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b", "wafv2:regional/webacl"],
  ["arn:aws:bedrock:us-east-1:123456789012:agent-alias/A/B", "bedrock:agent-alias"],
  ["arn:aws:es:us-east-1:123456789012:domain/search", "es:domain"],
];

describe("the type of an ARN", () => {
  test.each(EXAMPLES)("%s is %s", (arn, type) => {
    expect(typeOfArn(arn)).toBe(type);
  });

  test.each(["", "i-0abc", "arn:aws:s3", "arn:aws:s3:::", "urn:aws:s3:::logs"])(
    "%j is no ARN",
    (text) => {
      expect(typeOfArn(text)).toBeUndefined();
      expect(parseArn(text)).toBeUndefined();
    },
  );

  const untyped = new Set(["s3", "sns", "sqs", "codepipeline", "apigateway"]);
  const typed = AWS_RESOURCE_TYPES.filter(({ id }) => !untyped.has(id.split(":")[0] ?? ""));
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/);

  test("every type of the catalogue is what its own ARNs are read as, with / and with :", () => {
    fc.assert(
      fc.property(fc.constantFrom(...typed), fc.constantFrom("/", ":"), name, (facts, sep, id) => {
        const [service = "", resource = ""] = facts.id.split(":");
        const between = resource.includes("/") ? "/" : sep;
        const arn = `arn:aws:${service}:eu-west-1:123456789012:${resource}${between}${id}`;
        const twoSegments = service === "elasticloadbalancing" && /^(?:app|net|gwy)$/.test(id);
        fc.pre(!twoSegments);
        expect(typeOfArn(arn)).toBe(facts.id);
      }),
    );
  });

  test("names that hold colons and slashes do not move Region and account", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (rest) => {
        expect(parseArn(`arn:aws:sqs:eu-west-1:123456789012:${rest}`)).toEqual({
          partition: "aws",
          service: "sqs",
          region: "eu-west-1",
          account: "123456789012",
          resource: rest,
        });
      }),
    );
  });
});
