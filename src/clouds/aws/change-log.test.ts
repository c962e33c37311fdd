import { expect, test } from "vitest";
import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { createAwsChangeLog } from "./change-log.ts";
import type { Target } from "./clients.ts";
import type { TrailPage, TrailQuery } from "./sdk/cloudtrail.ts";
import type { Sessions } from "./session.ts";

const NEVER = new AbortController().signal;
const NOW = Date.UTC(2026, 10, 22);

/** Sessions whose CloudTrail answers by `page`. */
function sessionsOf(page: (query: TrailQuery, at: Target<"cloudTrail">) => TrailPage) {
  const asked: { readonly region: string; readonly eventName: string }[] = [];
  const calls = {
    call: async (target: Target<"cloudTrail">, signal: AbortSignal, send: Function) =>
      send(
        {
          lookupEvents: async (query: TrailQuery) => {
            asked.push({ region: target.region, eventName: query.eventName });
            return page(query, target);
          },
        },
        signal,
      ),
  } as unknown as AwsCalls;
  const sessions = { calls, caller: async () => ({}) } as unknown as Sessions;
  const log = createAwsChangeLog(sessions, { clock: { now: () => NOW } });
  return { log, asked };
}

const change = (resourceId: string, region = "eu-west-1") => ({
  cloud: "aws" as const,
  account: "111122223333",
  region,
  resourceId,
  resourceType: "ec2:instance",
  changedAfterMs: NOW - 1000,
  changedBeforeMs: NOW,
});

test("asks once for all resources of an account and Region, global ones in us-east-1", async () => {
  const { log, asked } = sessionsOf(() => ({ records: [], next: undefined }));
  const ec2 = ["i-1", "i-2", "i-3"].map((id) => change(`arn:aws:ec2:eu-west-1:1:instance/${id}`));
  await log.actorsOf([...ec2, change("arn:aws:iam::1:role/r", "global")], NEVER);
  expect(asked.map(({ region, eventName }) => `${region} ${eventName}`).toSorted()).toEqual([
    "eu-west-1 CreateTags",
    "eu-west-1 DeleteTags",
    "eu-west-1 TagResources",
    "eu-west-1 UntagResources",
    "us-east-1 TagResources",
    "us-east-1 TagRole",
    "us-east-1 TagUser",
    "us-east-1 UntagResources",
    "us-east-1 UntagRole",
    "us-east-1 UntagUser",
  ]);
});

test("concludes nothing from a log that is longer than it reads", async () => {
  const { log, asked } = sessionsOf(() => ({ records: [], next: "more" }));
  const [answer] = await log.actorsOf([change("arn:aws:ec2:eu-west-1:1:instance/i-1")], NEVER);
  expect(answer?.reason).toBe("failed");
  expect(asked).toHaveLength(4 * 20);
});

test.each([
  ["cloud_throttled", "failed"],
  ["cloud_denied", "denied"],
  ["credentials_missing", "failed"],
] as const)(
  "gives a reason when a Region answers %s, and the others their answers",
  async (code, reason) => {
    const { log } = sessionsOf((_query, { region }) => {
      if (region === "eu-west-1") throw new AppError(code, "Not now.");
      return { records: [], next: undefined };
    });
    const id = "arn:aws:ec2:eu-west-1:1:instance/i-1";
    const answers = await log.actorsOf([change(id), change(id, "us-west-2")], NEVER);
    expect(answers.map((answer) => answer.reason)).toEqual([reason, "not_logged"]);
  },
);
