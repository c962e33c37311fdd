import type { Verdict } from "../../domain/compliance/violation.ts";

/** Judgements that were made and do not count yet; empty unless the inventory is being judged anew. */
export interface ReJudgementTables {
  staged_verdicts: StagedVerdictTable;
  staged_violations: StagedViolationTable;
}

/** What `resources` will say of a resource. */
interface StagedVerdictTable {
  resource_no: number;
  verdict: Verdict;
  state: string;
  gap: number | null;
}

/** Rows as `violations` will hold them. */
interface StagedViolationTable {
  id: number;
  resource_no: number;
  finding_id: number;
  actual: string | null;
  suggestion: string | null;
}
