import type { CheckComplianceResult } from "../../src/app/check-compliance.ts";
import type { ScanViolations } from "../../src/app/scan-violations.ts";
import { EVERYTHING } from "../../src/domain/scan/scope.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { AuditRecord } from "../../src/ports/audit.ts";
import type { ScanRecord, ScanStatus } from "../../src/ports/inventory.ts";
import type { PromptDeps } from "../../src/mcp/prompts/index.ts";
import type { ResourceDeps } from "../../src/mcp/resources/index.ts";

export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const AT = Date.UTC(2026, 9, 1, 12);

function scan(id: string, status: ScanStatus = "complete"): ScanRecord {
  return {
    id,
    scope: EVERYTHING,
    status,
    startedAt: AT,
    finishedAt: status === "running" ? null : AT + 60_000,
    policyHash: "0123456789abcdef",
    snapshot: false,
  };
}

/** Tenants by turns, so that a reader who sees another's is noticed. */
export const auditRecords: readonly AuditRecord[] = Array.from({ length: 120 }, (_, index) => ({
  seq: index + 1,
  atMs: AT + index,
  event: "call" as const,
  correlationId: `call_${index}`,
  actor: {
    kind: "oauth",
    tenant: index % 2 === 0 ? null : "other",
    subject: `user-${index % 2}`,
    client: "client\u202e",
  },
  channel: "http",
  action: index % 3 === 0 ? "get_tagging_policy" : "check_tag_compliance",
  argumentsDigest: null,
  outcome: "ok",
  details: { arguments: { secret: "details stay in the log" } },
  previousHash: "",
  hash: "",
}));

/** Scans by their id: `scan_1` has two pages, `scan_running` runs, anything else is not known. */
export function fakeResourceDeps(
  sample: CheckComplianceResult,
): Omit<ResourceDeps, "getPolicy"> & PromptDeps {
  return {
    readScanViolations: async ({ scanId, cursor }): Promise<ScanViolations> => {
      if (scanId === "scan_running")
        return {
          scan: scan(scanId, "running"),
          found: null,
          progress: { cellsEnded: 3, resources: 1200 },
        };
      if (scanId !== "scan_1")
        throw new AppError("not_found", "No scan of this id is stored.", {
          hint: "Call check_tag_compliance: its answer names the scan_id.",
        });
      return {
        scan: scan(scanId),
        found: {
          violations: sample.violations,
          violationCount: sample.violationCount,
          nextCursor: cursor === undefined ? "page+2/=" : null,
          coverage: sample.coverage,
        },
        progress: null,
      };
    },
    readAuditTrail: async ({ tenant, limit, beforeSeq = Number.MAX_SAFE_INTEGER, action }) => {
      const records = auditRecords
        .filter(({ actor, seq }) => actor.tenant === tenant && seq < beforeSeq)
        .filter((record) => action === undefined || record.action === action)
        .toReversed()
        .slice(0, limit);
      return { records, nextBeforeSeq: records.at(-1)?.seq ?? null };
    },
    readReport: async (id) => {
      if (id === "report_text")
        return { name: "a.csv", mediaType: "text/csv", sizeBytes: 4, text: "a,b\n" };
      if (id === "report_bytes")
        return { name: "a.xlsx", mediaType: XLSX, sizeBytes: 2, bytes: new Uint8Array([80, 75]) };
      throw new AppError("not_found", "No report of this id is kept.");
    },
    listScans: async (limit) => [scan("scan_1"), scan("scan_0")].slice(0, limit),
    seenAccounts: async () => ["123456789012", "210987654321", "my-project"],
  };
}
