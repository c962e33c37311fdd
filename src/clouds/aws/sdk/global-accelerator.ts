import {
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
} from "@aws-sdk/client-global-accelerator";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface GlobalAcceleratorApi {
  readonly accelerators: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): GlobalAcceleratorApi {
  const client = new GlobalAcceleratorClient(clientSettings(options));
  return {
    accelerators: async (token, signal) => {
      const command = new ListAcceleratorsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Accelerators, answer.NextToken, (accelerator) => ({
        id: accelerator.AcceleratorArn,
        createdAt: accelerator.CreatedTime,
      }));
    },
  };
}
