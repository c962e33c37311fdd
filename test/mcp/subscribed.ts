import type { Client } from "@modelcontextprotocol/client";
import type { Mode } from "./connect.ts";

export interface Subscribed {
  /** URIs of the updates so far. */
  readonly updates: readonly string[];
  readonly end: () => Promise<void>;
}

/** The official client told of changes of `uri`, in the way of its era. */
export async function subscribe(client: Client, mode: Mode, uri: string): Promise<Subscribed> {
  const updates: string[] = [];
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    updates.push(params.uri);
  });
  if (mode === "legacy") {
    await client.subscribeResource({ uri });
    return {
      updates,
      end: async () => {
        await client.unsubscribeResource({ uri });
      },
    };
  }
  const stream = await client.listen({ resourceSubscriptions: [uri] });
  return {
    updates,
    end: async () => {
      await stream.close();
      await stream.closed;
    },
  };
}
