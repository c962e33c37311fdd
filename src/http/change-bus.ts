import {
  InMemoryServerEventBus,
  type ServerEvent,
  type ServerEventBus,
} from "@modelcontextprotocol/server";
import type { ResourceUpdates } from "../mcp/resource-updates.ts";

/**
 * What streams of `subscriptions/listen` are told: `updates`, too. Each stream listens by itself, so that
 * nobody does while none is open.
 */
export function createChangeBus(updates: ResourceUpdates | undefined): ServerEventBus {
  const bus = new InMemoryServerEventBus();
  return {
    publish: (event) => bus.publish(event),
    subscribe(listener: (event: ServerEvent) => void) {
      const leave = bus.subscribe(listener);
      const stop = updates?.listen((uri) => listener({ kind: "resource_updated", uri }));
      return () => {
        leave();
        stop?.();
      };
    },
  };
}
