import type { Cloud } from "../domain/cloud.ts";
import {
  findInconsistencies,
  usageFor,
} from "../domain/compliance/consistency/find-inconsistencies.ts";
import { FINDING_KINDS, type FindingKind } from "../domain/compliance/consistency/finding.ts";
import { patchLines } from "../domain/compliance/consistency/policy-patch.ts";
import type { TagUsage } from "../domain/compliance/consistency/tag-usage.ts";
import { AppError } from "../domain/errors.ts";
import type { PolicyDocument } from "../domain/policy/schema.ts";
import type { ResourceTypeCatalogue } from "../domain/resource-type.ts";
import type { CellOutcome } from "../domain/scan/cell.ts";
import { type Coverage, summarizeCoverage } from "../domain/scan/coverage.ts";
import { type Scope, scopeKey } from "../domain/scan/scope.ts";
import type { InventoryStore } from "../ports/inventory.ts";
import type { FindingCosts, WeighedFinding, WeighFindings } from "./consistency-spend.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";
import type { GetPolicy } from "./get-policy.ts";
import { pageOf } from "./offset-cursor.ts";

export interface CheckConsistencyDeps {
  readonly inventory: InventoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  readonly getPolicy: GetPolicy;
  readonly catalogue: ResourceTypeCatalogue;
  readonly weighFindings: WeighFindings;
}

export interface CheckConsistencyRequest extends Omit<FreshnessRequest, "storeSnapshot"> {
  /** Empty: every kind. */
  readonly kinds: readonly FindingKind[];
  /** Findings below this confidence (0 to 1) are left out. */
  readonly minConfidence: number;
  /** Findings per page. */
  readonly limit: number;
}

/**
 * How much of a cloud was read: `partial` and `not_read` clouds are never said to lack a key or a value.
 */
export type CloudReading = "complete" | "partial" | "not_read";

export interface CloudRead {
  readonly cloud: Cloud;
  readonly reading: CloudReading;
  /** Resources whose tags are known and took part; types that cannot carry tags do not. */
  readonly resources: number;
  /** Resources whose tags are not known. */
  readonly unknown: number;
}

/** A finding with the lines for the policy that settle it; null when none can. Untrusted texts in them. */
export interface SettledFinding extends WeighedFinding {
  readonly policyLines: string | null;
}

export interface CheckConsistencyResult {
  /** Dearest first as far as spend is known, then those with most resources. */
  readonly findings: readonly SettledFinding[];
  readonly nextCursor: string | null;
  /** All findings asked for, not only this page. */
  readonly findingCount: number;
  /** Kinds that were found, with the number of findings and of resources behind them. */
  readonly byKind: readonly {
    readonly kind: FindingKind;
    readonly findings: number;
    readonly resources: number;
  }[];
  /** YAML lines for the policy that settle what lines can settle, of all findings asked for. Untrusted texts. */
  readonly policyLines: string;
  readonly clouds: readonly CloudRead[];
  /** Different keys, and tags, that were too many to be compared. 0 in all but extreme estates. */
  readonly notCompared: { readonly keys: number; readonly tags: number };
  /** What the findings' spend was read from; null where no bill of a whole month is stored. */
  readonly costs: FindingCosts | null;
  readonly coverage: Coverage;
  /** When the scan behind the answer began, epoch milliseconds: nothing in it is older. */
  readonly dataAsOf: number;
  readonly scanId: string;
  readonly policyHash: string;
  /** This call read the clouds; otherwise the stored inventory was young enough. */
  readonly scanned: boolean;
  /** Something newer is being made behind this answer; see `FreshInventory`. */
  readonly refreshing: boolean;
}

export type CheckConsistency = (
  request: CheckConsistencyRequest,
) => Promise<CheckConsistencyResult>;

/**
 * Where do the clouds say the same in different ways? Reads the tags of the whole scope from the stored
 * inventory (after a scan, when it is too old) into a bounded model and compares.
 * @throws {AppError} as `EnsureFreshInventory`, and `policy_invalid`, `config_invalid`.
 */
export function createCheckConsistency(deps: CheckConsistencyDeps): CheckConsistency {
  return async (request) => {
    const { narrowed, scan, scanned, refreshing } = await deps.ensureFresh({
      ...request,
      storeSnapshot: false,
    });
    const { document, hash } = await deps.getPolicy();
    const { scope } = narrowed;
    const [outcomes, usage] = await Promise.all([
      deps.inventory.coverage(scope),
      readUsage(deps, scope, { policy: document, signal: request.signal }),
    ]);
    const clouds = scope.clouds.map((cloud) => readingOf(cloud, outcomes, usage));
    const found = findInconsistencies({
      usage,
      policy: document,
      catalogue: deps.catalogue,
      read: new Set(
        clouds.flatMap(({ cloud, reading }) => (reading === "complete" ? [cloud] : [])),
      ),
    });
    const weighed = await deps.weighFindings({
      findings: found.findings,
      policy: document,
      scope,
      judged: { id: scan.id, policyHash: hash },
      signal: request.signal,
    });
    const { costs } = weighed;
    const findings = weighed.findings.filter((one) => isAskedFor(one, request));
    const { shown, nextCursor } = await pageOf(deps.inventory, findings, {
      limit: request.limit,
      cursor: request.cursor,
      binding: { scanId: scan.id, filter: questionText(scope, request, { hash, costs }) },
    });
    return {
      findings: shown.map((one) => Object.assign(linesOf(one, document), one)),
      nextCursor,
      findingCount: findings.length,
      byKind: countByKind(findings),
      policyLines: patchLines(
        document,
        findings.flatMap(({ patch }) => patch ?? []),
      ),
      clouds,
      costs,
      notCompared: { keys: found.keysNotCompared, tags: tagsNotCompared(usage) },
      coverage: summarizeCoverage(outcomes),
      dataAsOf: scan.startedAt,
      scanId: scan.id,
      policyHash: hash,
      scanned,
      refreshing,
    };
  };
}

async function readUsage(
  { inventory, catalogue }: CheckConsistencyDeps,
  scope: Scope,
  { policy, signal }: { readonly policy: PolicyDocument; readonly signal: AbortSignal },
): Promise<TagUsage> {
  const usage = usageFor(policy);
  for await (const page of inventory.tagSets(scope)) {
    if (signal.aborted) throw new AppError("cancelled", "The comparison was cancelled.");
    for (const { cloud, resourceType, tags, count } of page)
      if (catalogue.find(cloud, resourceType)?.taggable !== false)
        usage.add({ cloud, tags }, count);
  }
  return usage.read();
}

function readingOf(cloud: Cloud, outcomes: readonly CellOutcome[], usage: TagUsage): CloudRead {
  const own = outcomes.filter(({ cell }) => cell.cloud === cloud);
  const { resources = 0, unknown = 0 } = usage.clouds.get(cloud) ?? {};
  const isRead = own.some(({ status }) => status === "complete" || status === "partial");
  const isWhole = own.every(({ status }) => status === "complete") && unknown === 0;
  const reading = isRead ? (isWhole ? "complete" : "partial") : "not_read";
  return { cloud, reading, resources, unknown };
}

function isAskedFor(
  { kind, confidence }: WeighedFinding,
  { kinds, minConfidence }: CheckConsistencyRequest,
): boolean {
  return (kinds.length === 0 || kinds.includes(kind)) && confidence >= minConfidence;
}

/** Canonical text of all that selects findings; the policy decides what counts as a finding. */
function questionText(
  scope: Scope,
  { kinds, minConfidence }: CheckConsistencyRequest,
  { hash, costs }: { readonly hash: string; readonly costs: FindingCosts | null },
): string {
  const parts = [
    "consistency",
    scopeKey(scope),
    kinds.toSorted().join(","),
    minConfidence,
    hash,
    // The order by spend changes with the bills.
    JSON.stringify(costs?.bills ?? null),
    costs?.month,
  ];
  return parts.join("|");
}

function linesOf(
  { patch }: WeighedFinding,
  policy: PolicyDocument,
): Pick<SettledFinding, "policyLines"> {
  return { policyLines: patch === null ? null : patchLines(policy, [patch]) };
}

function countByKind(findings: readonly WeighedFinding[]): CheckConsistencyResult["byKind"] {
  return FINDING_KINDS.flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind);
    if (own.length === 0) return [];
    return [
      { kind, findings: own.length, resources: own.reduce((sum, one) => sum + one.resources, 0) },
    ];
  });
}

function tagsNotCompared({ clouds }: TagUsage): number {
  return [...clouds.values()].reduce((sum, own) => sum + own.tagsNotCompared, 0);
}
