import { expect, test } from "vitest";
import { locateArn } from "./locate.ts";

test.each([
  [
    "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
    { account: "123456789012", region: "eu-west-1", types: ["ec2:instance"] },
  ],
  ["arn:aws:s3:::bucket", { account: undefined, region: undefined, types: ["s3:bucket"] }],
  [
    "arn:aws:iam::123456789012:role/x",
    { account: "123456789012", region: undefined, types: ["iam:role"] },
  ],
  [
    "arn:aws:newservice:eu-west-1:123456789012:thing/x",
    { account: "123456789012", region: "eu-west-1", types: [] },
  ],
  ["//compute.googleapis.com/projects/p/zones/z/instances/i", undefined],
  ["i-1", undefined],
])("%s", (id, located) => {
  expect(locateArn(id)).toEqual(located);
});
