import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface DynamodbApi {
  readonly tables: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): DynamodbApi {
  const client = new DynamoDBClient(clientSettings(options));
  return {
    tables: async (token, signal) => {
      const command = new ListTablesCommand({ Limit: PAGE_SIZE, ExclusiveStartTableName: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.TableNames, answer.LastEvaluatedTableName, (name) => ({ id: name }));
    },
  };
}
