import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type ErrorCode } from "../../domain/errors.ts";
import { createSlots } from "../../domain/scan/slots.ts";
import type { Priority } from "../../domain/scan/waiting-line.ts";
import { type Apis, createClients, type Service, type Target } from "./clients.ts";
import { untilStopped } from "./deadline.ts";
import { mayBeTheRegion, toAppError } from "./errors.ts";
import type { AwsSettings } from "./options.ts";
import { createQuotas } from "./quotas.ts";
import type { Credentials } from "./sdk/connect.ts";

/** Names the caller's own account before its id is known. */
export const CALLER = "caller";

/** Sends requests to AWS: within quotas, retried, translated, cancelled at once. */
export interface AwsCalls {
  /**
   * @throws {AppError} the codes of `toAppError`. Throttles are tried 6 times, failures of the network
   * or of AWS 3 times, time-outs twice, expired credentials once more with new ones.
   */
  call<S extends Service, T>(
    target: Target<S>,
    signal: AbortSignal,
    send: (api: Apis[S], signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** The same requests, quotas and sockets for work of this priority. Made `interactive`. */
  at(priority: Priority): AwsCalls;
  /** Requests put on the wire so far. */
  sent(): number;
  close(): Promise<void>;
}

/** Where sessions come from. */
export interface CredentialSource {
  /** Makes sure that `credentials` has something valid to give. */
  prepare(account: string, signal: AbortSignal): Promise<void>;
  credentials(account: string): Promise<Credentials>;
  /** Forgets a session that AWS calls expired. */
  forget(account: string): void;
}

const ATTEMPTS: Partial<Record<ErrorCode, number>> = {
  cloud_throttled: 6,
  cloud_unavailable: 3,
  cloud_timeout: 2,
};
const BACKOFF_BASE_MS = 100;
const BACKOFF_MOST_MS = 20_000;

/** Full jitter: anything between nothing and an exponentially growing bound. */
function backoffMs(attempt: number): number {
  return Math.random() * Math.min(BACKOFF_MOST_MS, BACKOFF_BASE_MS * 2 ** attempt);
}

export function createCalls(settings: AwsSettings, source: CredentialSource): AwsCalls {
  const clients = createClients(settings, (account) => source.credentials(account));
  const slots = createSlots(settings.maxInFlight);
  const quotas = createQuotas(settings.clock);
  const deadlineMs = settings.callTimeoutMs;

  /** Are this account's credentials good where they must be? Then it is the Region that is not. */
  const identityWorks = async (target: Target<Service>, signal: AbortSignal): Promise<boolean> => {
    if (target.region === settings.homeRegion) return false;
    const home = { service: "sts", account: target.account, region: settings.homeRegion } as const;
    const answer = lanes.interactive.call(home, signal, (api, own) => api.getCallerIdentity(own));
    return answer.then(
      () => true,
      () => false,
    );
  };

  const sendOnce =
    (priority: Priority): AwsCalls["call"] =>
    async (target, signal, send) => {
      const { bucket, pacer } = quotas.of(target);
      try {
        await source.prepare(target.account, signal);
        const api = await clients.of(target);
        await pacer.pass(signal, priority);
        const answer = await slots.run(
          signal,
          () => untilStopped({ signal, deadlineMs }, (own) => send(api, own)),
          priority,
        );
        bucket.succeeded();
        return answer;
      } catch (error) {
        if (signal.aborted)
          throw new AppError("cancelled", "The read was cancelled.", { cause: error });
        const works = mayBeTheRegion(error) && (await identityWorks(target, signal));
        const failure = toAppError(error, siteOf(target), { identityWorks: works });
        if (failure.code === "cloud_throttled") bucket.throttled();
        throw failure;
      }
    };

  const renew = (account: string): void => {
    source.forget(account);
    clients.forget(account);
  };

  const lane = (priority: Priority): AwsCalls => ({
    call: retried(sendOnce(priority), renew),
    at: (other) => lanes[other],
    sent: () => clients.sent(),
    close: () => clients.close(),
  });
  const lanes = { interactive: lane("interactive"), background: lane("background") } as const;
  return lanes.interactive;
}

/** Repeats what may pass; expired credentials are renewed and tried once more. */
function retried(once: AwsCalls["call"], renew: (account: string) => void): AwsCalls["call"] {
  return async (target, signal, send) => {
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(target, signal, send);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === "credentials_expired" && !renewed) {
          renewed = true;
          renew(target.account);
        } else if (attempt >= (ATTEMPTS[error.code] ?? 1)) throw error;
        else await pause(backoffMs(attempt), signal);
      }
    }
  };
}

function siteOf({ account, region, service }: Target<Service>): Target<Service> {
  return { account, region, service };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    throw new AppError("cancelled", "The read was cancelled.", { cause: error });
  }
}
