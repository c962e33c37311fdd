import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface CloudWatchApi {
  readonly alarms: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): CloudWatchApi {
  const client = new CloudWatchClient(clientSettings(options));
  return {
    alarms: async (token, signal) => {
      const command = new DescribeAlarmsCommand({
        // Composite alarms are listed only when asked for by name.
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        MaxRecords: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      const alarms = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
      return pageOf(alarms, answer.NextToken, (alarm) => ({ id: alarm.AlarmArn }));
    },
  };
}
