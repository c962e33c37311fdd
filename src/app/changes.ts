import type { Change, ChangeAnnouncer, Changes } from "../ports/changes.ts";
import type { Logger } from "../ports/logger.ts";

export interface ChangesDeps {
  /**
   * Looks after what nobody announces by itself, such as a file on disk, until `signal` aborts; called
   * when somebody begins to listen. After a failure the next listener makes it try again.
   */
  readonly follow: (signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}

/** Tells listeners what changed; while there are none, nothing is followed. */
export function createChanges({ follow, logger }: ChangesDeps): Changes & ChangeAnnouncer {
  const listeners = new Set<{ readonly heard: (change: Change) => void }>();
  let following: AbortController | undefined;

  const begin = (): void => {
    const controller = new AbortController();
    following = controller;
    follow(controller.signal).catch((error: unknown) => {
      logger.debug("changes are not followed", { error });
      controller.abort();
      if (following === controller) following = undefined;
    });
  };

  return {
    listen(heard) {
      const listener = { heard };
      listeners.add(listener);
      if (following === undefined) begin();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        following?.abort();
        following = undefined;
      };
    },
    announce(change) {
      for (const { heard } of listeners) {
        try {
          heard(change);
        } catch (error) {
          // What changed has changed: neither its maker nor other listeners suffer for this one.
          logger.error("a listener of changes failed", { error });
        }
      }
    },
    isHeard: () => listeners.size > 0,
  };
}
