import { afterAll, beforeAll, expect, test } from "vitest";
import { element } from "./protocol.ts";
import { startTestAws, type AwsTestSession } from "./test-session.ts";

let session: AwsTestSession;
beforeAll(async () => {
  session = await startTestAws({ resources: 300 });
});
afterAll(() => session.close());

interface Raw {
  readonly service?: string;
  readonly target?: string;
  readonly body: string;
}

/** A request that no SDK would send. */
async function send({ service, target, body }: Raw): Promise<readonly [number, string]> {
  const { accessKeyId } = session.settings().credentials;
  const scope = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261101/us-east-1/${service}/aws4_request`;
  const headers = {
    ...(service !== undefined && { authorization: scope }),
    ...(target !== undefined && { "x-amz-target": target }),
  };
  const answer = await fetch(session.server.url, { method: "POST", body, headers });
  return [answer.status, await answer.text()];
}

const TAGGING = "ResourceGroupsTaggingAPI_20170126";

test.each<[string, Raw, number, string]>([
  ["without credentials", { body: "" }, 403, "MissingAuthenticationTokenException"],
  [
    "to a service that is not simulated",
    { service: "iam", body: "" },
    404,
    "UnknownOperationException",
  ],
  [
    "for an operation that is not simulated",
    { service: "tagging", target: `${TAGGING}.StartReportCreation`, body: "{}" },
    400,
    "UnknownOperationException",
  ],
  [
    "for a form action that is not simulated",
    { service: "ec2", body: "Action=DescribeImages" },
    400,
    "<Code>InvalidAction</Code>",
  ],
  [
    "with a body that is no JSON",
    { service: "tagging", target: `${TAGGING}.GetResources`, body: "{" },
    400,
    "InvalidParameterException",
  ],
])("a request %s is refused", async (_, raw, status, code) => {
  const [answered, text] = await send(raw);
  expect(answered).toBe(status);
  expect(text).toContain(code);
});

test("text in an XML answer survives the characters that XML gives a meaning", () => {
  expect(element("Value", `a<b>&"'`)).toBe("<Value>a&#60;b&#62;&#38;&#34;&#39;</Value>");
});

test("the environment holds no value that could be taken for a real secret", () => {
  expect(session.server.env["AWS_ACCESS_KEY_ID"]).not.toMatch(/^A(KIA|SIA)/);
  expect(session.server.env["AWS_SECRET_ACCESS_KEY"]).toContain("sandbox");
});
