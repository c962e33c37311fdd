import { describe, expect, it } from "vitest";
import { parseTrailRecord, tagEventNames } from "./trail-events.ts";

const INSTANCE = "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc";

/** A record in the shape of the examples of the CloudTrail User Guide. */
const record = (more: object) =>
  JSON.stringify({
    eventVersion: "1.09",
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/mara", userName: "mara" },
    eventTime: "2026-11-20T10:11:12Z",
    eventSource: "ec2.amazonaws.com",
    eventName: "CreateTags",
    requestParameters: {
      resourcesSet: { items: [{ resourceId: "i-0abc" }] },
      tagSet: { items: [{ key: "Owner", value: "i-0other" }] },
    },
    ...more,
  });

describe("an event of CloudTrail", () => {
  it("says who did what, when", () => {
    expect(parseTrailRecord(record({}))).toMatchObject({
      actor: "arn:aws:iam::111122223333:user/mara",
      atMs: Date.UTC(2026, 10, 20, 10, 11, 12),
      action: "CreateTags",
    });
  });

  it.each<[string, object, string, boolean]>([
    ["an instance by its id", {}, INSTANCE, true],
    ["not one that a tag's value names", {}, INSTANCE.replace("0abc", "0other"), false],
    [
      "not another service's resource of the same id",
      {},
      "arn:aws:rds:us-east-1:111122223333:db/i-0abc",
      false,
    ],
    [
      "any resource by its ARN, over the tagging API",
      {
        eventSource: "tagging.amazonaws.com",
        eventName: "TagResources",
        requestParameters: { resourceARNList: ["arn:aws:rds:x", INSTANCE], tags: {} },
      },
      INSTANCE,
      true,
    ],
    [
      "none by its name alone, over the tagging API",
      { eventSource: "tagging.amazonaws.com", requestParameters: { name: "i-0abc" } },
      INSTANCE,
      false,
    ],
    [
      "a bucket by its name",
      { eventSource: "s3.amazonaws.com", requestParameters: { bucketName: "data", Host: "h" } },
      "arn:aws:s3:::data",
      true,
    ],
    [
      "a log group by its name",
      { eventSource: "logs.amazonaws.com", requestParameters: { logGroupName: "/app/web" } },
      "arn:aws:logs:us-east-1:111122223333:log-group:/app/web",
      true,
    ],
    [
      "a queue by its URL",
      {
        eventSource: "sqs.amazonaws.com",
        requestParameters: { queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/orders" },
      },
      "arn:aws:sqs:us-east-1:111122223333:orders",
      true,
    ],
    ["nothing without parameters", { requestParameters: null }, INSTANCE, false],
  ])("touches %s", (_, more, arn, expected) => {
    expect(parseTrailRecord(record(more))?.touches(arn)).toBe(expected);
  });

  it.each([
    ["what was refused", record({ errorCode: "Client.UnauthorizedOperation" })],
    ["what has no time", record({ eventTime: "soon" })],
    ["what names nobody", record({ userIdentity: {} })],
    ["what is no JSON", "{"],
  ])("is not made of %s", (_, text) => {
    expect(parseTrailRecord(text)).toBeUndefined();
  });

  it("is asked for by the name that the service gives its tagging operations", () => {
    expect(tagEventNames("arn:aws:sqs:us-east-1:1:q")).toEqual([
      "TagQueue",
      "UntagQueue",
      "TagResources",
      "UntagResources",
    ]);
    expect(tagEventNames("arn:aws:dynamodb:us-east-1:1:table/t")).toContain("TagResource");
  });
});
