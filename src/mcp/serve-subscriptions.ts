import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Logger } from "../ports/logger.ts";
import type { AnyResource } from "./define-resource.ts";
import type { ResourceUpdates } from "./resource-updates.ts";
import { addressOf, findResource } from "./resource-uri.ts";

/** Subscriptions of one session at the same time. */
const MOST_SUBSCRIPTIONS = 100;

export interface SubscriptionDeps {
  /**
   * Reads a resource for whoever asks.
   * @throws {ProtocolError} as `resources/read`
   */
  readonly read: (uri: string, context: ServerContext) => Promise<unknown>;
  readonly updates: ResourceUpdates;
  readonly logger: Logger;
}

/**
 * `resources/subscribe` and its end, for sessions of 2025-11-25 and older; the newest revision listens to a
 * stream instead. They end with the session at the latest.
 */
export function serveSubscriptions(
  mcp: McpServer,
  registry: readonly AnyResource[],
  deps: SubscriptionDeps,
): void {
  const { server } = mcp;
  const open = createSubscriptions(mcp, deps);
  server.setRequestHandler("resources/subscribe", async (request, context) => {
    const { uri } = request.params;
    // Whoever may not read it, or reads nothing there, has nothing to be told of.
    await deps.read(uri, context);
    const found = findResource(registry, uri);
    if (found?.resource.updatedBy === undefined)
      throw refused("This resource tells of no changes. Read it when it is needed.");
    if (context.mcpReq.signal.aborted) return {};
    if (!open.add(uri, addressOf(found)))
      throw refused(`At most ${MOST_SUBSCRIPTIONS} subscriptions a session: end some first.`);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", (request) => {
    open.remove(request.params.uri);
    return {};
  });
}

function refused(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

interface Subscriptions {
  /** @returns false when there are too many */
  add(uri: string, address: string): boolean;
  remove(uri: string): void;
}

/** Listens only while there is a subscription. */
function createSubscriptions(mcp: McpServer, { updates, logger }: SubscriptionDeps): Subscriptions {
  /** The URI as the client wrote it, which is how it is told, to the address without a query. */
  const addresses = new Map<string, string>();
  let stop: (() => void) | undefined;

  const tell = (updated: string): void => {
    for (const [uri, address] of addresses)
      if (address === updated)
        mcp.server
          .sendResourceUpdated({ uri })
          .catch((error: unknown) => logger.debug("update not delivered", { error }));
  };
  const end = (): void => {
    addresses.clear();
    stop?.();
    stop = undefined;
  };
  const { onclose } = mcp.server;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no EventTarget
  mcp.server.onclose = () => {
    end();
    onclose?.();
  };

  return {
    add(uri, address) {
      if (addresses.size >= MOST_SUBSCRIPTIONS && !addresses.has(uri)) return false;
      addresses.set(uri, address);
      stop ??= updates.listen(tell);
      return true;
    },
    remove(uri) {
      addresses.delete(uri);
      if (addresses.size === 0) end();
    },
  };
}
