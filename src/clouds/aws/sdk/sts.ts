import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type ConnectOptions, type Credentials, clientSettings } from "./connect.ts";

export interface Identity {
  readonly account: string;
  /** ARN of the principal; names the partition. */
  readonly arn: string;
}

export interface StsApi {
  getCallerIdentity(signal: AbortSignal): Promise<Identity>;
  /** One hour: the most a chained session may last (IAM User Guide, "Role chaining"). */
  assumeRole(
    roleArn: string,
    externalId: string | undefined,
    signal: AbortSignal,
  ): Promise<Credentials>;
}

const SESSION_NAME = "tag-compliance";
const SESSION_SECONDS = 3600;

export function connect(options: ConnectOptions): StsApi {
  const client = new STSClient(clientSettings(options));
  return {
    getCallerIdentity: async (signal) => {
      const answer = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      return { account: answer.Account ?? "", arn: answer.Arn ?? "" };
    },
    assumeRole: async (roleArn, externalId, signal) => {
      const command = new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        DurationSeconds: SESSION_SECONDS,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      });
      const { Credentials: keys } = await client.send(command, { abortSignal: signal });
      return {
        accessKeyId: keys?.AccessKeyId ?? "",
        secretAccessKey: keys?.SecretAccessKey ?? "",
        ...(keys?.SessionToken === undefined ? {} : { sessionToken: keys.SessionToken }),
        ...(keys?.Expiration === undefined ? {} : { expiration: keys.Expiration }),
      };
    },
  };
}
