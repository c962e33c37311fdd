import { AppError } from "../../domain/errors.ts";
import { importMarkOf, type Sha256 } from "../../domain/policy/imported.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type {
  OrgPolicies,
  OrgPolicyAttachments,
  OrgPolicySummary,
} from "../../ports/org-policies.ts";
import type { PolicyFiles } from "../../ports/policy-files.ts";
import {
  DEFAULT_FILE_NAME,
  type ImportAwsPolicy,
  type ImportedAwsPolicy,
} from "./import-aws-policy.ts";

export interface AutoImportSettings {
  /** Import this policy; absent: what holds for the account of the credentials. */
  readonly policyId?: string | undefined;
  readonly requireEnforced?: boolean | undefined;
  /** True: start with the built-in policy when nothing can be imported. False: refuse to start. */
  readonly fallbackToDefault: boolean;
  /** Milliseconds between two imports. */
  readonly everyMs: number;
  /** Within the configured folder. Default: `tagging_policy.json`. */
  readonly fileName?: string | undefined;
}

export type AutoImportOutcome =
  /** The file holds what AWS says; `changed` when it was written just now. */
  | {
      readonly kind: "imported";
      readonly path: string;
      readonly changed: boolean;
      readonly source: string;
      readonly policyIds: readonly string[];
      /** What is attached further up could not be read, so it is not in the file. */
      readonly nearestOnly: boolean;
    }
  /** People wrote or edited the policy file: it stays, and AWS is not asked. */
  | { readonly kind: "own_file"; readonly edited: boolean }
  /** The import failed; what was in force stays in force. */
  | { readonly kind: "failed"; readonly error: AppError };

export interface AutoImportStatus {
  readonly last: AutoImportOutcome | null;
  /** Epoch milliseconds of the last import that succeeded, changed or not; null when none has. */
  readonly lastSyncAt: number | null;
  /** Epoch milliseconds from which the next import is due. */
  readonly nextAt: number;
}

export interface AutoImport {
  /**
   * The first import, before the policy is needed.
   * @throws {AppError} of the failed import when there is no earlier import to go on with and
   * `fallbackToDefault` is false.
   */
  start(signal: AbortSignal): Promise<AutoImportOutcome>;
  /** Imports again when it is due; null when it is not. Failures are outcomes, not errors. */
  runIfDue(signal: AbortSignal): Promise<AutoImportOutcome | null>;
  status(): AutoImportStatus;
}

export interface AutoImportDeps {
  readonly settings: AutoImportSettings;
  readonly importAwsPolicy: ImportAwsPolicy;
  readonly orgPolicies: OrgPolicies | null;
  readonly files: PolicyFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sha256: Sha256;
}

/** After a failure the next try comes sooner than after a success. */
const RETRY_AFTER_FAILURE_MS = 5 * 60_000;

/** Keeps the policy file in step with AWS Organizations. */
export function createAutoImport(deps: AutoImportDeps): AutoImport {
  return new FollowingImport(deps);
}

class FollowingImport implements AutoImport {
  readonly #deps: AutoImportDeps;
  #last: AutoImportOutcome | null = null;
  #lastSyncAt: number | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;
  #running: Promise<AutoImportOutcome> | null = null;

  constructor(deps: AutoImportDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<AutoImportOutcome> {
    const outcome = await this.#run(signal);
    if (outcome.kind !== "failed" || this.#deps.settings.fallbackToDefault) return outcome;
    if ((await this.#existing()) === null) throw outcome.error;
    return outcome;
  }

  async runIfDue(signal: AbortSignal): Promise<AutoImportOutcome | null> {
    return this.#deps.clock.now() < this.#nextAt ? null : this.#run(signal);
  }

  status(): AutoImportStatus {
    return { last: this.#last, lastSyncAt: this.#lastSyncAt, nextAt: this.#nextAt };
  }

  /** One import at a time: callers during one share its outcome. */
  async #run(signal: AbortSignal): Promise<AutoImportOutcome> {
    this.#running ??= this.#attempt(signal).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #attempt(signal: AbortSignal): Promise<AutoImportOutcome> {
    const { clock, logger, settings } = this.#deps;
    const outcome = await this.#outcome(signal);
    const now = clock.now();
    if (outcome.kind === "imported") this.#lastSyncAt = now;
    if (outcome.kind === "failed") {
      const { code, message } = outcome.error;
      logger.warn("the AWS tag policy could not be imported", { code, message });
    }
    const waitMs =
      outcome.kind === "failed"
        ? Math.min(settings.everyMs, RETRY_AFTER_FAILURE_MS)
        : settings.everyMs;
    this.#last = outcome;
    this.#nextAt = now + waitMs;
    return outcome;
  }

  async #outcome(signal: AbortSignal): Promise<AutoImportOutcome> {
    try {
      const own = await this.#ownFile();
      if (own !== null) return own;
      const { imported, nearestOnly } = await this.#import(signal);
      const { policy, saved } = imported;
      if (saved === null || policy.provenance === undefined) throw unsaved();
      const { source, ids = [] } = policy.provenance;
      return { kind: "imported", ...saved, source, policyIds: ids, nearestOnly };
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "cancelled") throw error;
      return { kind: "failed", error };
    }
  }

  async #ownFile(): Promise<AutoImportOutcome | null> {
    const existing = await this.#existing();
    if (existing === null) return null;
    const mark = importMarkOf(existing, this.#deps.sha256);
    if (mark === null) return { kind: "own_file", edited: false };
    return mark.edited ? { kind: "own_file", edited: true } : null;
  }

  async #existing(): Promise<string | null> {
    return this.#deps.files.read(this.#deps.settings.fileName ?? DEFAULT_FILE_NAME);
  }

  /** The configured policy; else what holds for the account; else the nearest policy we may read. */
  async #import(signal: AbortSignal): Promise<{
    readonly imported: ImportedAwsPolicy;
    readonly nearestOnly: boolean;
  }> {
    const wanted = this.#deps.settings.policyId ?? "effective";
    try {
      return { imported: await this.#importById(wanted, signal), nearestOnly: false };
    } catch (error) {
      const isDenied = error instanceof AppError && error.code === "cloud_denied";
      if (wanted !== "effective" || !isDenied) throw error;
      const { id } = await this.#nearest(signal, error);
      return { imported: await this.#importById(id, signal), nearestOnly: true };
    }
  }

  async #importById(policyId: string, signal: AbortSignal): Promise<ImportedAwsPolicy> {
    const { importAwsPolicy, settings } = this.#deps;
    const { requireEnforced, fileName } = settings;
    const result = await importAwsPolicy({ policyId, requireEnforced, fileName }, signal);
    if (result.kind === "imported") return result;
    throw unsaved();
  }

  /** @throws {AppError} `denied` when nothing attached may be read either. */
  async #nearest(signal: AbortSignal, denied: AppError): Promise<OrgPolicySummary> {
    const attachments = await this.#deps.orgPolicies
      ?.attachments(undefined, signal)
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === "cloud_denied") throw denied;
        throw error;
      });
    const nearest = attachments === undefined ? null : nearestPolicy(attachments);
    if (nearest === null) throw denied;
    return nearest;
  }
}

function unsaved(): AppError {
  return new AppError("internal", "An import that was to be saved was not.");
}

/** The first policy of the level nearest to the account that has any. */
export function nearestPolicy({ levels }: OrgPolicyAttachments): OrgPolicySummary | null {
  return levels.findLast(({ policies }) => policies.length > 0)?.policies[0] ?? null;
}
