import { lazily } from "../app/once.ts";
import { createScanViolations, type ReadScanViolations } from "../app/scan-violations.ts";
import type { ReadAuditTrail } from "../ports/audit-trail.ts";
import type { ListScans } from "../ports/scan-list.ts";
import type { Assemble } from "./assembly.ts";

/** What clients read by URI, and what helps a person to name it. */
export interface ResourceCases {
  readonly readScanViolations: ReadScanViolations;
  readonly readAuditTrail: ReadAuditTrail;
  readonly listScans: ListScans;
  readonly seenAccounts: () => Promise<readonly string[]>;
}

export function resourceCases(assembly: Assemble): ResourceCases {
  return {
    readScanViolations: lazily(async () => {
      const { inventory } = await assembly();
      return createScanViolations(await inventory());
    }),
    readAuditTrail: lazily(async () => {
      const { database } = await assembly();
      const { createAuditTrail } = await import("../storage/audit/trail.ts");
      return createAuditTrail(await database());
    }),
    listScans: lazily(async () => {
      const { database } = await assembly();
      const { createScanList } = await import("../storage/inventory/scan-list.ts");
      return createScanList(await database());
    }),
    seenAccounts: lazily(async () => {
      const { database } = await assembly();
      const [db, { seenAccounts }] = await Promise.all([
        database(),
        import("../storage/inventory/scan-list.ts"),
      ]);
      return () => seenAccounts(db);
    }),
  };
}
