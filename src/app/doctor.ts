import type { Cloud } from "../domain/cloud.ts";
import { AppError } from "../domain/errors.ts";
import type { CloudProvider } from "../ports/cloud.ts";
import { PERMISSION_STATES, type PermissionCheck } from "../ports/doctor.ts";

export interface Diagnosis {
  /** What is missing first, then what could not be told; by account and permission within. */
  readonly checks: readonly PermissionCheck[];
  /**
   * Nothing is missing and everything that was tried gave an answer. A permission that there was nothing
   * to try on does not count against it.
   */
  readonly healthy: boolean;
}

export type Diagnose = (cloud: Cloud, signal: AbortSignal) => Promise<Diagnosis>;

/**
 * Tries the read permissions of one cloud.
 * @throws {AppError} `invalid_input` for a cloud that is not in use or cannot be tried; as `Doctor.checks`
 */
export function createDiagnose(providers: readonly CloudProvider[]): Diagnose {
  return async (cloud, signal) => {
    const provider = providers.find((one) => one.cloud === cloud);
    if (provider?.doctor === undefined) throw untriable(cloud, provider !== undefined);
    const checks = await Array.fromAsync(provider.doctor.checks(signal));
    return {
      checks: checks.toSorted(inOrderOfWorry),
      healthy: checks.every(({ state }) => state !== "missing" && state !== "unknown"),
    };
  };
}

function untriable(cloud: Cloud, inUse: boolean): AppError {
  return new AppError("invalid_input", "The permissions of this cloud cannot be tried.", {
    hint: inUse
      ? "This build cannot try the permissions of this cloud."
      : "The cloud is not in use: name it in the configuration, or sign in to it.",
    details: { cloud },
  });
}

function inOrderOfWorry(a: PermissionCheck, b: PermissionCheck): number {
  return (
    PERMISSION_STATES.indexOf(a.state) - PERMISSION_STATES.indexOf(b.state) ||
    a.account.localeCompare(b.account, "en") ||
    a.permission.localeCompare(b.permission, "en")
  );
}
