import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsTestSession, ClientSettings } from "./test-session.ts";

/** Settings of a role in another account, got from the simulated STS as any program would. */
export async function assumedRole(
  session: AwsTestSession,
  account: string,
  region = "us-east-1",
): Promise<ClientSettings> {
  const sts = new STSClient(session.settings());
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/TagReader`,
      RoleSessionName: "sandbox-test",
    }),
  );
  sts.destroy();
  return session.settings({
    region,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  });
}
