import { distance } from "fastest-levenshtein";
import type { Cloud } from "../cloud.ts";
import { AppError, type Issue } from "../errors.ts";
import type { ResourceTypeCatalogue } from "../resource-type.ts";
import type { Scope } from "./scope.ts";

/** What a caller asked about, in the caller's words. Empty lists mean "all". */
export interface ScopeRequest {
  readonly clouds: readonly Cloud[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly resourceTypes: readonly string[];
}

/** What is known of one configured cloud before any call. */
export interface CloudKnowledge {
  readonly cloud: Cloud;
  readonly regions: readonly string[];
}

/** A question checked against what exists: the scope of the answer, and each cloud's share of it. */
export interface NarrowedScope {
  readonly scope: Scope;
  readonly perCloud: ReadonlyMap<Cloud, Scope>;
}

/**
 * How account ids look. AWS: 12 digits (docs: "Account identifiers"); Azure: subscription GUID;
 * GCP: project id of 6 to 30 characters, or legacy `domain.com:project` (Resource Manager docs).
 */
const ACCOUNT_SHAPES: Readonly<Record<Cloud, RegExp>> = {
  aws: /^\d{12}$/,
  azure: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  gcp: /^(?:[a-z\d.-]+:)?[a-z][a-z\d-]{4,28}[a-z\d]$/,
};

/**
 * Splits a request over the configured clouds. A cloud for which the request names nothing (no account,
 * region or type of its own) takes no part.
 * @throws {AppError} `invalid_input` with every problem at once: a cloud that is not configured, an
 * account id of no known shape, a region no selected cloud has, an unknown type.
 */
export function narrowScope(
  request: ScopeRequest,
  configured: readonly CloudKnowledge[],
  catalogue: ResourceTypeCatalogue,
): NarrowedScope {
  const selected = selectClouds(request, configured);
  const clouds = selected.map((known) => known.cloud);
  const issues = [...accountIssues(request.accounts, clouds), ...regionIssues(request, selected)];
  if (issues.length > 0) throw invalidScope(issues, request, selected);
  const types = catalogue.resolve(request.resourceTypes, clouds);
  const shares = selected.flatMap((known) => {
    const share = shareOf(known, request, types, catalogue);
    return share === null ? [] : [share];
  });
  if (shares.length === 0)
    throw new AppError("invalid_input", "Accounts, regions and types name no cloud in common.", {
      hint: "Ask about one cloud at a time, or leave one of the filters out.",
    });
  return {
    scope: {
      clouds: shares.flatMap((share) => share.clouds),
      accounts: request.accounts.map((id) => id.toLowerCase()),
      regions: request.regions,
      resourceTypes: types,
    },
    perCloud: new Map(shares.flatMap((share) => share.clouds.map((cloud) => [cloud, share]))),
  };
}

function selectClouds(
  request: ScopeRequest,
  configured: readonly CloudKnowledge[],
): readonly CloudKnowledge[] {
  if (configured.length === 0)
    throw new AppError(
      "credentials_missing",
      "No cloud is configured and no credentials were found.",
      {
        hint: "Sign in with a cloud's own CLI, set its standard environment variables, or name it under `clouds` in the configuration. Without any account, try the sandbox: tag-compliance demo.",
      },
    );
  const wanted = request.clouds.length === 0 ? configured.map((c) => c.cloud) : request.clouds;
  const missing = wanted.filter((cloud) => !configured.some((known) => known.cloud === cloud));
  if (missing.length > 0)
    throw new AppError("credentials_missing", `Not configured: ${missing.join(", ")}.`, {
      hint: `Configured clouds: ${configured.map((c) => c.cloud).join(", ")}. Give credentials for the others or leave them out.`,
    });
  return configured.filter((known) => wanted.includes(known.cloud));
}

function accountIssues(accounts: readonly string[], clouds: readonly Cloud[]): readonly Issue[] {
  return accounts.flatMap((id, index) =>
    clouds.some((cloud) => ACCOUNT_SHAPES[cloud].test(id))
      ? []
      : [{ path: `accounts[${index}]`, message: "Not an account id of the selected clouds." }],
  );
}

function regionIssues(
  request: ScopeRequest,
  selected: readonly CloudKnowledge[],
): readonly Issue[] {
  return request.regions.flatMap((region, index) =>
    selected.some((known) => known.regions.includes(region))
      ? []
      : [{ path: `regions[${index}]`, message: "No selected cloud has such a region." }],
  );
}

function invalidScope(
  issues: readonly Issue[],
  request: ScopeRequest,
  selected: readonly CloudKnowledge[],
): AppError {
  const known = selected.flatMap((cloud) => cloud.regions);
  const near = request.regions
    .filter((region) => !known.includes(region))
    .flatMap((region) => nearestRegions(region, known));
  const hints = [
    near.length > 0 ? `Did you mean ${[...new Set(near)].join(", ")}?` : "",
    "AWS accounts are 12 digits, Azure subscriptions GUIDs, GCP accounts project ids; regions are the clouds' own names.",
  ];
  return new AppError("invalid_input", `${issues.length} value(s) of the scope are not valid.`, {
    hint: hints.filter((hint) => hint !== "").join(" "),
    issues,
  });
}

function nearestRegions(text: string, known: readonly string[]): readonly string[] {
  return known
    .map((region) => ({ region, far: distance(text.toLowerCase(), region) }))
    .filter(({ far }) => far <= 3)
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ region }) => region);
}

/** One cloud's part of the request; null when the request names only things of other clouds. */
function shareOf(
  known: CloudKnowledge,
  request: ScopeRequest,
  types: readonly string[],
  catalogue: ResourceTypeCatalogue,
): Scope | null {
  const { cloud } = known;
  const accounts = request.accounts
    .filter((id) => ACCOUNT_SHAPES[cloud].test(id))
    .map((id) => id.toLowerCase());
  const regions = request.regions.filter((region) => known.regions.includes(region));
  const ownTypes = types.filter((type) => catalogue.find(cloud, type) !== undefined);
  const namesOnlyOthers =
    (request.accounts.length > 0 && accounts.length === 0) ||
    (request.regions.length > 0 && regions.length === 0) ||
    (types.length > 0 && ownTypes.length === 0);
  return namesOnlyOthers ? null : { clouds: [cloud], accounts, regions, resourceTypes: ownTypes };
}
