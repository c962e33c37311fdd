import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PolicyInForce } from "../get-policy.ts";
import { once } from "../once.ts";
import type { AutoImport } from "../policy-import/auto-import.ts";
import type { PolicyStore } from "./policy-store.ts";

/** The policy in force, kept in step with AWS Organizations where that is configured. */
export interface Policies {
  /** @throws {AppError} as `PolicyStore.current`; that of a first import with no fallback. */
  current(): Promise<CompiledPolicy>;
  /** @throws {AppError} as `current`. */
  status(): Promise<PolicyInForce>;
  /** Puts a file that was just written into force. @throws {AppError} as `current`. */
  reload(): Promise<CompiledPolicy>;
  /** Has the file watched until `signal` aborts. @throws {AppError} as `current`. */
  follow(signal: AbortSignal): Promise<void>;
  /** Stops an import that is under way. */
  close(): void;
}

export interface PoliciesDeps {
  readonly store: PolicyStore;
  /** Null when automatic import is not configured. */
  readonly autoImport: AutoImport | null;
  readonly clock: Clock;
}

/**
 * The first use waits for the first import; later imports run beside the questions, which are judged by
 * the last good policy until a new one is there.
 */
export function createPolicies({ store, autoImport, clock }: PoliciesDeps): Policies {
  const closing = new AbortController();
  const started = once(async () => {
    await autoImport?.start(closing.signal);
  });
  const ready = async (): Promise<void> => {
    await started();
    // Failures are in the status, and the next use tries again when it is due.
    autoImport?.runIfDue(closing.signal).catch(() => undefined);
  };
  return {
    current: async () => {
      await ready();
      return store.current();
    },
    status: async () => {
      await ready();
      return { ...(await store.status()), sync: autoImport === null ? null : syncOf(autoImport) };
    },
    reload: () => store.reload(),
    follow: async (signal) => {
      await ready();
      await store.follow(signal);
    },
    close: () => closing.abort(),
  };

  function syncOf(imports: AutoImport): NonNullable<PolicyInForce["sync"]> {
    const { last, lastSyncAt, nextAt } = imports.status();
    return {
      outcome: last?.kind ?? "pending",
      source: last?.kind === "imported" ? last.source : null,
      error: last?.kind === "failed" ? last.error.code : null,
      lastSyncAt,
      nextSyncAt: Math.max(nextAt, clock.now()),
    };
  }
}
