import * as z from "zod";
import type { ReadScanViolations, ScanViolations } from "../../app/scan-violations.ts";
import type { ListScans } from "../../ports/scan-list.ts";
import { toViolation } from "../compliance-output.ts";
import { toCoverageOutput } from "../coverage-output.ts";
import { toCsv } from "../csv.ts";
import { defineResource } from "../define-resource.ts";

/** A page as JSON stays below 20,000 tokens. */
const PER_PAGE = 100;
const OFFERED_SCANS = 100;
const FORMATS = ["json", "csv"] as const;
const SEVERITY_CHOICES = ["all", "errors_only", "warnings_only"] as const;

const COLUMNS = [
  "cloud",
  "account",
  "region",
  "resource_type",
  "resource_id",
  "severity",
  "kind",
  "tag",
  "actual",
  "expected",
  "suggestion",
  "rule",
] as const;

const variables = z.strictObject({
  scan_id: z.string().min(1),
  severity: z.enum(SEVERITY_CHOICES).default("all"),
  format: z.enum(FORMATS).default("json"),
  cursor: z.string().min(1).optional(),
});
type Variables = z.output<typeof variables>;

interface Deps {
  readonly readScanViolations: ReadScanViolations;
  readonly listScans: ListScans;
}

export default defineResource({
  name: "scan_violations",
  uri: "scan://{scan_id}/violations{?severity,format,cursor}",
  title: "Violations of a scan",
  description:
    "What a scan found, 100 violations a page, as json (default) or csv. The json names the page after as next_uri; a csv page has it in _meta. A scan that still runs tells how far it is.",
  mimeType: "application/json",
  input: variables,
  complete: {
    scan_id: async ({ listScans }: Deps) => (await listScans(OFFERED_SCANS)).map(({ id }) => id),
    severity: async () => SEVERITY_CHOICES,
    format: async () => FORMATS,
  },
  updatedBy: (change) => (change.kind === "scans" ? change.scanIds.map(addressOf) : []),
  async read(asked, { readScanViolations }: Deps) {
    const { scan_id: scanId, severity, cursor } = asked;
    const result = await readScanViolations({ scanId, severity, cursor, limit: PER_PAGE });
    const next = nextUri(asked, result);
    if (asked.format === "csv" && result.found !== null)
      return [
        {
          mimeType: "text/csv",
          text: csvOf(result.found.violations),
          _meta: { next_uri: next, complete: result.found.coverage.complete },
        },
      ];
    return [{ mimeType: "application/json", text: JSON.stringify(jsonOf(result, next)) }];
  },
});

function jsonOf({ scan, found, progress }: ScanViolations, next: string | null): object {
  return {
    scan_id: scan.id,
    status: scan.status,
    started_at: new Date(scan.startedAt).toISOString(),
    finished_at: scan.finishedAt === null ? null : new Date(scan.finishedAt).toISOString(),
    policy_hash: scan.policyHash,
    ...(progress === null
      ? {}
      : { progress: { cells_ended: progress.cellsEnded, resources: progress.resources } }),
    violation_count: found?.violationCount ?? null,
    violations: found?.violations.map(toViolation) ?? null,
    coverage: found === null ? null : toCoverageOutput(found.coverage, "concise"),
    next_uri: next,
  };
}

function csvOf(found: NonNullable<ScanViolations["found"]>["violations"]): string {
  const rows = found.map((one) => {
    const shown = toViolation(one);
    return COLUMNS.map((column) => shown[column]);
  });
  return toCsv([COLUMNS, ...rows]);
}

function nextUri(
  { scan_id: scanId, severity, format }: Variables,
  { found }: ScanViolations,
): string | null {
  if (found === null || found.nextCursor === null) return null;
  const query = new URLSearchParams({ severity, format, cursor: found.nextCursor });
  return `${addressOf(scanId)}?${query.toString()}`;
}

function addressOf(scanId: string): string {
  return `scan://${encodeURIComponent(scanId)}/violations`;
}
