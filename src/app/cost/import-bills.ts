import { costKeysOf } from "../../domain/cost/cost-keys.ts";
import { type CostPeriod, parseCostPeriod } from "../../domain/cost/cost-period.ts";
import type { CompiledPolicy } from "../../domain/policy/compile.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CostStore, StoredBill } from "../../ports/cost-store.ts";
import type { CostFileFacts, CostFiles } from "../../ports/costs.ts";

export interface ImportBillsRequest {
  readonly paths: readonly string[];
  readonly format: "auto" | "focus" | "cur";
  /** Name of the payer's bill; bills of different sources add up, bills of one source replace each other. */
  readonly source: string;
  /** As `parseCostPeriod` reads it; null: every line. */
  readonly period: string | null;
  readonly signal: AbortSignal;
  /** Told how many groups are stored so far. */
  readonly onProgress?: (groups: number) => void;
}

export interface ImportBillsResult {
  /** What is stored now in place of what was there. */
  readonly bills: readonly StoredBill[];
  readonly facts: CostFileFacts;
  /** Aggregates stored: about one per resource and month. */
  readonly groups: number;
}

export interface ImportBillsDeps {
  readonly files: CostFiles;
  readonly store: Pick<CostStore, "beginBill">;
  readonly policy: () => Promise<CompiledPolicy>;
  readonly clock: Clock;
}

export type ImportBills = (request: ImportBillsRequest) => Promise<ImportBillsResult>;

/**
 * Stores exported bills as resource × month, with the tags that the policy speaks of. Each month of
 * each cloud replaces what the same source had for it, all at once, so importing twice doubles nothing.
 * @throws {AppError} `invalid_input`, `cloud_unsupported` (the reader of files is not installed),
 * `cancelled`, `storage_unavailable`; then nothing has changed.
 */
export function createImportBills({ files, store, policy, clock }: ImportBillsDeps): ImportBills {
  return async ({ paths, format, source, period, signal, onProgress }) => {
    const { document } = await policy();
    const days: CostPeriod | null = period === null ? null : parseCostPeriod(period, clock.now());
    const reading = files.read({ paths, format, keys: costKeysOf(document), period: days }, signal);
    const writer = await store.beginBill(source);
    let groups = 0;
    try {
      for await (const page of reading.groups) {
        await writer.save(page);
        groups += page.length;
        onProgress?.(groups);
      }
      const facts = reading.facts();
      return { bills: await writer.commit(facts), facts, groups };
    } catch (error) {
      await writer.discard();
      throw error;
    }
  };
}
