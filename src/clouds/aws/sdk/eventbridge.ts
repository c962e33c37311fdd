import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
} from "@aws-sdk/client-eventbridge";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface EventBridgeApi {
  /** ARNs. */
  readonly eventBuses: List;
  /** Rules of one bus. Those that a service manages are left out: only that service may tag them. */
  rulesOf(busArn: string): List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): EventBridgeApi {
  const client = new EventBridgeClient(clientSettings(options));
  return {
    eventBuses: async (token, signal) => {
      const command = new ListEventBusesCommand({ Limit: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.EventBuses, answer.NextToken, (bus) => ({
        id: bus.Arn,
        createdAt: bus.CreationTime,
      }));
    },
    rulesOf: (busArn) => async (token, signal) => {
      const command = new ListRulesCommand({
        EventBusName: busArn,
        Limit: PAGE_SIZE,
        NextToken: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Rules, answer.NextToken, (rule) =>
        rule.ManagedBy ? undefined : { id: rule.Arn },
      );
    },
  };
}
