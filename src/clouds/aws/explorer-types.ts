import { AppError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { AwsCalls } from "./calls.ts";
import { untilStopped } from "./deadline.ts";
import { isFatal } from "./errors.ts";
import { readToTheEnd } from "./sweep.ts";

/**
 * Natively listed types that Resource Explorer is not known to index: they are not among those of its User
 * Guide ("Resource types you can search for", as of February 2026). Heeded only while Resource Explorer
 * itself may not be asked.
 */
export const NOT_INDEXED: ReadonlySet<string> = new Set([
  "bedrock:custom-model",
  "bedrock:provisioned-model",
  "eks:nodegroup",
  "redshift-serverless:namespace",
  "redshift-serverless:workgroup",
]);

/** The types that Resource Explorer supports: one list for all accounts. */
export interface SupportedTypes {
  /**
   * Null when it may not be asked, or does not answer.
   * @throws {AppError} `cancelled`, `credentials_missing`, `credentials_expired`
   */
  of(calls: AwsCalls, where: Where, signal: AbortSignal): Promise<ReadonlySet<string> | null>;
}

interface Where {
  readonly account: string;
  /** Region of the account's aggregator index. */
  readonly home: string;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;

/** Asks once a day for all accounts. Where one account's role may not ask, the next one's tries. */
export function createSupportedTypes(clock: Clock): SupportedTypes {
  let known: { readonly types: ReadonlySet<string>; readonly untilMs: number } | undefined;
  let running: Promise<ReadonlySet<string> | null> | undefined;

  const ask = async (calls: AwsCalls, where: Where): Promise<ReadonlySet<string> | null> => {
    const types = await readTypes(calls, where);
    if (types !== null) known = { types, untilMs: clock.now() + DAY_MS };
    return types;
  };

  return {
    of: async (calls, where, signal) => {
      for (;;) {
        if (known !== undefined && clock.now() < known.untilMs) return known.types;
        const isOwn = running === undefined;
        const asked = (running ??= ask(calls, where).finally(() => {
          running = undefined;
        }));
        try {
          return await untilStopped({ signal }, () => asked);
        } catch (error) {
          if (signal.aborted)
            throw new AppError("cancelled", "The read was cancelled.", { cause: error });
          // Another account's credentials say nothing of this one's.
          if (isOwn) throw error;
        }
      }
    },
  };
}

async function readTypes(
  calls: AwsCalls,
  { account, home, logger }: Where,
): Promise<ReadonlySet<string> | null> {
  const target = { service: "explorer", account, region: home } as const;
  // Not tied to one reader's signal: several accounts wait for the same list.
  const { signal } = new AbortController();
  const pages = readToTheEnd(
    (token: string | undefined) =>
      calls.call(target, signal, (api, own) => api.listSupportedTypes(token, own)),
    (type) => type,
  );
  try {
    return new Set((await Array.fromAsync(pages)).flat());
  } catch (error) {
    if (!(error instanceof AppError) || isFatal(error)) throw error;
    const { code, details } = error;
    logger.info("Resource Explorer does not say which types it supports", { ...details, code });
    return null;
  }
}
