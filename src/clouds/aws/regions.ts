import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { requireKnown } from "./names.ts";
import { GLOBAL, partitionOf, regionsOfPartition } from "./region-names.ts";

/** The Regions of one account, as far as they are known. */
export interface AccountRegions {
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  /** Neither could be established: the account does not let us list its Regions. */
  readonly unproven: readonly string[];
}

/**
 * Regions of an account. Where listing them is denied, those that cannot be switched off are taken as
 * enabled and the opt-in ones stay unproven.
 * @throws {AppError} any code of a failed call but `cloud_denied` and `cloud_unsupported`
 */
export async function listRegions(
  calls: AwsCalls,
  where: { readonly account: string; readonly partition: string; readonly homeRegion: string },
  signal: AbortSignal,
): Promise<AccountRegions> {
  const target = { service: "ec2", account: where.account, region: where.homeRegion } as const;
  try {
    const regions = await calls.call(target, signal, (api, own) => api.describeRegions(own));
    // Some simulated endpoints list every partition; credentials are good in their own only.
    const own = regions.filter(
      ({ name }) => partitionOf([name], where.partition) === where.partition,
    );
    const named = (enabled: boolean): readonly string[] =>
      own.filter((region) => region.enabled === enabled).map(({ name }) => name);
    return { enabled: named(true), disabled: named(false), unproven: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const known = regionsOfPartition(where.partition);
    const named = (optIn: boolean): readonly string[] =>
      known.filter((region) => region.optIn === optIn).map(({ name }) => name);
    return { enabled: named(false), disabled: [], unproven: named(true) };
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === "cloud_denied" || error.code === "cloud_unsupported")
  );
}

/** What a scope and the configuration together ask of one account. */
export interface ChosenRegions extends AccountRegions {
  /** Resources without a Region are asked for. */
  readonly global: boolean;
  /** Every Region of the account is asked for. */
  readonly all: boolean;
}

/**
 * Regions to read in one account. Opt-in Regions that are not enabled appear as `disabled` or `unproven`
 * only when they were asked for by name, except that unproven ones always do: resources may be there.
 * @throws {AppError} `invalid_input` for a name that is not a Region, or one the configuration leaves out
 */
export function chooseRegions(
  account: AccountRegions,
  asked: readonly string[],
  configured: readonly string[],
): ChosenRegions {
  const own = [...account.enabled, ...account.disabled, ...account.unproven];
  // A Region newer than the account's list, or not offered to it, cannot hold anything of it.
  const foreign = regionsOfPartition(partitionOf(own, "aws")).filter(
    ({ name }) => !own.includes(name),
  );
  const known = [GLOBAL, ...own, ...foreign.map(({ name }) => name)];
  const advice = "Regions are named like eu-west-1; `global` stands for resources without one.";
  requireKnown({ path: "clouds.aws.regions", noun: "Region", given: configured, known, advice });
  requireKnown({ path: "regions", noun: "Region", given: asked, known, advice });
  if (configured.length > 0)
    requireKnown({
      path: "regions",
      noun: "Region",
      given: asked,
      known: configured,
      advice: `The configuration limits AWS to ${configured.join(", ")}.`,
    });
  const wanted = asked.length > 0 ? asked : configured;
  if (wanted.length === 0) return { ...account, disabled: [], global: true, all: true };
  const among = (names: readonly string[]): readonly string[] =>
    names.filter((name) => wanted.includes(name));
  return {
    enabled: among(account.enabled),
    disabled: among([...account.disabled, ...foreign.map(({ name }) => name)]),
    unproven: among(account.unproven),
    global: wanted.includes(GLOBAL),
    all: false,
  };
}
