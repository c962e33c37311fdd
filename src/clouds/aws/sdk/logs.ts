import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface LogsApi {
  readonly logGroups: List;
}

const PAGE_SIZE = 50;

export function connect(options: ConnectOptions): LogsApi {
  const client = new CloudWatchLogsClient(clientSettings(options));
  return {
    logGroups: async (token, signal) => {
      const command = new DescribeLogGroupsCommand({ limit: PAGE_SIZE, nextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.logGroups, answer.nextToken, (group) => ({
        // `arn` ends with `:*`, which tagging does not know; `logGroupArn` does not.
        id: group.logGroupArn ?? group.arn?.replace(/:\*$/, ""),
        createdAt: group.creationTime === undefined ? undefined : new Date(group.creationTime),
      }));
    },
  };
}
