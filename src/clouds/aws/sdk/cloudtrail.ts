import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { type ConnectOptions, clientSettings } from "./connect.ts";

/** A page of recorded events, newest first. */
export interface TrailPage {
  /** Each event as the JSON text that CloudTrail recorded. */
  readonly records: readonly string[];
  readonly next: string | undefined;
}

export interface TrailQuery {
  readonly eventName: string;
  /** Epoch milliseconds; CloudTrail counts seconds and includes both ends. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CloudTrailApi {
  lookupEvents(
    query: TrailQuery,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<TrailPage>;
}

/** The most that LookupEvents gives at once (CloudTrail API Reference). */
const PAGE_SIZE = 50;

export function connect(options: ConnectOptions): CloudTrailApi {
  const client = new CloudTrailClient(clientSettings(options));
  return {
    lookupEvents: async ({ eventName, fromMs, toMs }, token, signal) => {
      const command = new LookupEventsCommand({
        // One attribute is all that a request may have.
        LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: eventName }],
        StartTime: new Date(fromMs),
        EndTime: new Date(toMs),
        MaxResults: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      const records = (answer.Events ?? []).flatMap(({ CloudTrailEvent }) => CloudTrailEvent ?? []);
      return { records, next: answer.NextToken };
    },
  };
}
