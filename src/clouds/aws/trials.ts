import { AppError } from "../../domain/errors.ts";
import type { PermissionCheck, PermissionState } from "../../ports/doctor.ts";
import type { AwsCalls } from "./calls.ts";

/** What one permission turned out to be in one trial. */
export type Finding = Pick<PermissionCheck, "state" | "reason" | "deniedBy">;

const OK: Finding = { state: "ok", reason: null, deniedBy: null };
const UNTRIED: Finding = { state: "untried", reason: null, deniedBy: null };
export const NOT_NEEDED: Finding = { state: "not_needed", reason: null, deniedBy: null };

/** A read and the IAM actions it needs, in the order in which it makes their calls. */
export interface Trial {
  readonly actions: readonly string[];
  /** The cheapest use of all of them. Returns how many of `actions`, from the first, it has exercised. */
  run(calls: AwsCalls, signal: AbortSignal): Promise<number>;
}

/** A trial with what it is for. */
export interface NamedTrial extends Trial {
  readonly neededFor: string;
  /** Actions used only where others are refused or an endpoint says too little. */
  readonly fallbacks?: readonly string[];
}

/**
 * Tries a read and says what it proves of each action. Refusals count even where the read goes on without
 * what was refused.
 * @throws {AppError} `cancelled`, `credentials_missing`, `credentials_expired`
 */
export async function tryRead(
  trial: Trial,
  calls: AwsCalls,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Finding>> {
  const { actions } = trial;
  const refusals: Refusal[] = [];
  let exercised = 0;
  let failure: AppError | undefined;
  try {
    exercised = await trial.run(noting(calls, refusals), signal);
  } catch (error) {
    if (!(error instanceof AppError) || concernsEverything(error)) throw error;
    failure = error;
    if (error.code === "cloud_denied") refusals.push({ error, first: false });
  }
  const found = new Map<string, Finding>();
  for (const refusal of refusals) {
    const action = refusedAction(refusal, actions);
    if (action !== undefined) found.set(action, missing(refusal.error));
  }
  for (const [at, action] of actions.entries())
    if (!found.has(action)) found.set(action, judge(at, { exercised, failure, actions, found }));
  return found;
}

function judge(
  at: number,
  trial: {
    readonly exercised: number;
    readonly failure: AppError | undefined;
    readonly actions: readonly string[];
    readonly found: ReadonlyMap<string, Finding>;
  },
): Finding {
  const { exercised, failure, actions, found } = trial;
  if (failure === undefined) return at < exercised ? OK : UNTRIED;
  const refused = actions.findIndex((action) => found.get(action)?.state === "missing");
  if (refused < 0) return { state: "unknown", reason: failure.code, deniedBy: null };
  // Calls are made in order: what comes before the refused one was let through.
  return at < refused ? OK : UNTRIED;
}

function missing({ details }: AppError): Finding {
  const deniedBy = details["deniedBy"];
  const other = typeof deniedBy === "string" && deniedBy !== "identity_policy";
  return { state: "missing", reason: null, deniedBy: other ? deniedBy : null };
}

interface Refusal {
  readonly error: AppError;
  /** It was the first answer of the read. */
  readonly first: boolean;
}

/**
 * The action that AWS names in its refusal ("… is not authorized to perform: lambda:ListFunctions on …",
 * IAM User Guide, "Troubleshoot access denied errors"), if it is one of `actions`. Unnamed, it is known
 * where the read needs one action only, or was refused at its first call.
 */
function refusedAction({ error, first }: Refusal, actions: readonly string[]): string | undefined {
  const text = error.cause instanceof Error ? error.cause.message : "";
  const named = /perform: ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(text)?.[1]?.toLowerCase();
  const known = actions.find((action) => action.toLowerCase() === named);
  return known ?? (actions.length === 1 || first ? actions[0] : undefined);
}

/** The same calls; refusals are noted on their way. */
function noting(calls: AwsCalls, refusals: Refusal[]): AwsCalls {
  let answered = 0;
  const wrapped: AwsCalls = {
    ...calls,
    call: async (target, signal, send) => {
      try {
        return await calls.call(target, signal, send);
      } catch (error) {
        if (error instanceof AppError && error.code === "cloud_denied")
          refusals.push({ error, first: answered === 0 });
        throw error;
      } finally {
        answered += 1;
      }
    },
    at: () => wrapped,
  };
  return wrapped;
}

function concernsEverything({ code }: AppError): boolean {
  return code === "cancelled" || code === "credentials_missing" || code === "credentials_expired";
}

const STRENGTH: Readonly<Record<PermissionState, number>> = {
  missing: 4,
  ok: 3,
  unknown: 2,
  untried: 1,
  not_needed: 0,
};

/** Of two findings about one action, the one that proves more. */
export function stronger(one: Finding | undefined, other: Finding): Finding {
  return one !== undefined && STRENGTH[one.state] >= STRENGTH[other.state] ? one : other;
}
