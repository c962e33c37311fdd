import * as z from "zod";
import type {
  DetectTagDriftResult,
  DriftEnd,
  DriftEntry,
} from "../app/tag-drift/detect-tag-drift.ts";
import { DRIFT_KINDS, DRIFT_SEVERITIES } from "../domain/compliance/drift/drift.ts";
import type { Coverage } from "../domain/scan/coverage.ts";
import { whereText } from "../domain/scan/problem-text.ts";
import { cleanText, plainName } from "./untrusted-text.ts";

const count = z.int().min(0);

const change = z.object({
  kind: z.enum(DRIFT_KINDS),
  severity: z.enum(DRIFT_SEVERITIES),
  resource_id: z.string(),
  resource_type: z.string(),
  account: z.string(),
  region: z.string(),
  key: z.string(),
  old_key: z.string().optional(),
  tag: z.string().nullable().describe("Policy's name, if it has one"),
  old_value: z.string().nullable(),
  new_value: z.string().nullable(),
  changed_after: z.string().describe("Last read of the old state"),
  changed_before: z.string(),
  actor: z.string().nullish(),
  actor_reason: z.string().optional(),
  other_actors: count.optional(),
});

const end = z.object({
  scan_id: z.string(),
  at: z.string(),
  cells_total: count,
  cells_complete: count,
});

/** What `detect_tag_drift` answers. */
export const driftOutput = z.object({
  change_count: count.describe("All pages"),
  by_kind: z.record(z.string(), count),
  by_severity: z.record(z.string(), count),
  by_tag: z.array(z.object({ tag: z.string(), count })).describe("Most frequent"),
  by_account: z.array(z.object({ cloud: z.string(), account: z.string(), count })),
  resources: z.object({ new: count, gone: count, returned: count, changed_not_comparable: count }),
  changes: z.array(change).describe("One page, worst first, then youngest"),
  next_cursor: z.string().nullable(),
  baseline: end.extend({ as_old_as_asked: z.boolean() }),
  latest: end,
  not_comparable: z
    .array(
      z.object({
        end: z.enum(["baseline", "latest"]),
        status: z.string(),
        reason: z.string(),
        cells: count,
        where: z.string(),
      }),
    )
    .describe("Cells not read completely"),
  policy_hash: z.string(),
  scanned: z.boolean(),
});
export type DriftOutput = z.output<typeof driftOutput>;
type Format = "concise" | "detailed";

const LISTED = { concise: 5, detailed: 50 } as const;
const SPELLED_OUT = { concise: 2, detailed: 20 } as const;
/** Tag values of one change may fill a page: enough to recognise them. */
const VALUE_LENGTH = 256;

export function toDriftOutput(result: DetectTagDriftResult, format: Format): DriftOutput {
  const { tally, resources, baseline, latest } = result;
  return {
    change_count: tally.total,
    by_kind: { ...tally.byKind },
    by_severity: { ...tally.bySeverity },
    by_tag: tally.byTag
      .slice(0, LISTED[format])
      .map(({ tag, count: changes }) => ({ tag: shown(tag), count: changes })),
    by_account: tally.byAccount.slice(0, LISTED[format]).map((one) => ({ ...one })),
    resources: {
      new: resources.appeared,
      gone: resources.gone,
      returned: resources.returned,
      changed_not_comparable: resources.changedElsewhere,
    },
    changes: result.changes.map(toChange),
    next_cursor: result.nextCursor,
    baseline: { ...toEnd(baseline), as_old_as_asked: baseline.asOldAsAsked },
    latest: toEnd(latest),
    not_comparable: [
      ...notRead("baseline", baseline.coverage, format),
      ...notRead("latest", latest.coverage, format),
    ],
    policy_hash: result.policyHash,
    scanned: result.scanned,
  };
}

function toEnd({ scanId, startedAt, coverage }: DriftEnd): DriftOutput["latest"] {
  return {
    scan_id: scanId,
    at: iso(startedAt),
    cells_total: coverage.cellsTotal,
    cells_complete: coverage.cellsComplete,
  };
}

function notRead(
  of: "baseline" | "latest",
  { groups }: Coverage,
  format: Format,
): DriftOutput["not_comparable"] {
  const options = { name: plainName, spelledOut: SPELLED_OUT[format] };
  return groups.slice(0, LISTED[format]).map((group) => ({
    end: of,
    status: group.status,
    reason: group.reason,
    cells: group.cells,
    where: `${group.cloud} ${whereText(group, options)}`,
  }));
}

function toChange({ drift, resourceId, place, actor }: DriftEntry): DriftOutput["changes"][number] {
  return {
    kind: drift.kind,
    severity: drift.severity,
    resource_id: shown(resourceId, 1024),
    resource_type: place.resourceType,
    account: place.account,
    region: place.region,
    key: shown(drift.key),
    ...(drift.oldKey === null ? {} : { old_key: shown(drift.oldKey) }),
    tag: drift.tag,
    old_value: drift.from === null ? null : shown(drift.from),
    new_value: drift.to === null ? null : shown(drift.to),
    changed_after: iso(drift.afterMs),
    changed_before: iso(drift.seenMs),
    ...(actor === null
      ? {}
      : {
          actor: actor.actor === null ? null : shown(actor.actor),
          actor_reason: actor.reason,
          ...(actor.otherActors > 0 ? { other_actors: actor.otherActors } : {}),
        }),
  };
}

function shown(text: string, length = VALUE_LENGTH): string {
  return cleanText(text, length).text;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
