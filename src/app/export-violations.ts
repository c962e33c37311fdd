import { dayOf } from "../domain/cost/cost-period.ts";
import { AppError } from "../domain/errors.ts";
import { decimalText, type Money } from "../domain/money.ts";
import {
  DEFAULT_EXPORT_COLUMNS,
  type ExportColumn,
  type ExportFormat,
  type ExportValue,
} from "../domain/report/export-columns.ts";
import { type Coverage, summarizeCoverage } from "../domain/scan/coverage.ts";
import type { InventoryFilter, InventoryStore, StoredViolation } from "../ports/inventory.ts";
import type { ReportFiles, SavedReport } from "../ports/report-files.ts";
import type { ReportWriters } from "../ports/report-writers.ts";
import type { Clock } from "../ports/clock.ts";
import { SEVERITIES_OF, type SeverityChoice } from "./check-compliance.ts";
import { type Spend, spendKey } from "./cost/spend.ts";
import type { EnsureFreshInventory, FreshnessRequest } from "./fresh-inventory.ts";

export interface ExportViolationsDeps {
  readonly inventory: InventoryStore;
  readonly ensureFresh: EnsureFreshInventory;
  readonly spend: Spend;
  readonly writers: ReportWriters;
  readonly clock: Clock;
}

export interface ExportViolationsRequest
  extends Omit<FreshnessRequest, "storeSnapshot" | "cursor"> {
  readonly severity: SeverityChoice;
  readonly format: ExportFormat;
  /** `[]`: `DEFAULT_EXPORT_COLUMNS`. */
  readonly columns: readonly ExportColumn[];
}

/** An export that is written while it is read. */
export interface ViolationsExport {
  readonly columns: readonly ExportColumn[];
  /** Name for the file. */
  readonly name: string;
  readonly coverage: Coverage;
  /** When the scan behind the rows began, epoch milliseconds. */
  readonly dataAsOf: number;
  readonly scanId: string;
  readonly policyHash: string;
  readonly scanned: boolean;
  /** To be read once, to its end. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What was written; complete once `chunks` has ended. */
  written(): WrittenRows;
}

export interface WrittenRows {
  /** Rows of the file, without its header. */
  readonly rowCount: number;
  /** The first rows. */
  readonly preview: readonly (readonly ExportValue[])[];
  /** Violations that the inventory counted when the export began. */
  readonly counted: number;
  /** The inventory was written to meanwhile: rows may be of two scans, or be missing. */
  readonly changed: boolean;
}

export type ExportViolations = (request: ExportViolationsRequest) => Promise<ViolationsExport>;

const ROWS_PER_PAGE = 1_000;
const PREVIEWED = 5;

/**
 * Every violation of a scope, as a file. Rows pass through in pages: a million take no more memory than
 * a thousand.
 * @throws {AppError} as `EnsureFreshInventory`; `storage_unavailable`, `cancelled` while chunks are read.
 */
export function createExportViolations(deps: ExportViolationsDeps): ExportViolations {
  return async (request) => {
    const { narrowed, scan, scanned } = await deps.ensureFresh({
      ...request,
      storeSnapshot: false,
      cursor: undefined,
    });
    const filter = { scope: narrowed.scope, severities: SEVERITIES_OF[request.severity] };
    const columns = request.columns.length === 0 ? DEFAULT_EXPORT_COLUMNS : request.columns;
    const rows = new Rows(deps, { filter, columns, signal: request.signal });
    const outcomes = await deps.inventory.coverage(filter.scope);
    return {
      columns,
      name: `violations-${dayOf(deps.clock.now())}.${request.format}`,
      coverage: summarizeCoverage(outcomes),
      dataAsOf: scan.startedAt,
      scanId: scan.id,
      policyHash: scan.policyHash,
      scanned,
      chunks: deps.writers.table({ columns, rows: rows.read() }, request.format),
      written: () => rows.written(),
    };
  };
}

/** Reads the rows of one export, and remembers what it read. */
class Rows {
  readonly #deps: ExportViolationsDeps;
  readonly #filter: InventoryFilter;
  readonly #columns: readonly ExportColumn[];
  readonly #signal: AbortSignal;
  readonly #preview: (readonly ExportValue[])[] = [];
  #rowCount = 0;
  #counted = 0;
  #changed = false;

  constructor(
    deps: ExportViolationsDeps,
    question: {
      readonly filter: InventoryFilter;
      readonly columns: readonly ExportColumn[];
      readonly signal: AbortSignal;
    },
  ) {
    this.#deps = deps;
    this.#filter = question.filter;
    this.#columns = question.columns;
    this.#signal = question.signal;
  }

  written(): WrittenRows {
    return {
      rowCount: this.#rowCount,
      preview: this.#preview,
      counted: this.#counted,
      changed: this.#changed,
    };
  }

  async *read(): AsyncGenerator<readonly ExportValue[]> {
    this.#counted = await this.#count();
    for await (const page of this.#pages()) {
      const costs = await this.#costsOf(page);
      for (const violation of page) {
        const row = this.#columns.map((column) => valueOf(column, violation, costs));
        if (this.#preview.length < PREVIEWED) this.#preview.push(row);
        this.#rowCount += 1;
        yield row;
      }
    }
    this.#changed = this.#rowCount !== this.#counted || (await this.#count()) !== this.#counted;
  }

  async *#pages(): AsyncGenerator<readonly StoredViolation[]> {
    const { inventory } = this.#deps;
    let after: Parameters<InventoryStore["violations"]>[1]["after"] = null;
    do {
      if (this.#signal.aborted) throw new AppError("cancelled", "The export was cancelled.");
      const page = await inventory.violations(this.#filter, { limit: ROWS_PER_PAGE, after });
      yield page.violations;
      after = page.next;
    } while (after !== null);
  }

  async #count(): Promise<number> {
    const tally = await this.#deps.inventory.tally(this.#filter);
    return tally.reduce((sum, { count }) => sum + count, 0);
  }

  async #costsOf(page: readonly StoredViolation[]): Promise<Costs> {
    if (!this.#columns.includes("cost") && !this.#columns.includes("currency")) return new Map();
    const resources = new Map(
      page.map(({ cloud, resourceId: id }) => [spendKey(cloud, id), { cloud, id }]),
    );
    return this.#deps.spend.ofResources([...resources.values()]);
  }
}

type Costs = ReadonlyMap<string, Money>;

function valueOf(column: ExportColumn, violation: StoredViolation, costs: Costs): ExportValue {
  if (column === "resource_id") return violation.resourceId;
  if (column === "resource_type") return violation.resourceType;
  if (column !== "cost" && column !== "currency") return violation[column];
  const cost = costs.get(spendKey(violation.cloud, violation.resourceId));
  if (cost === undefined) return null;
  return column === "cost" ? { decimal: decimalText(cost.micros) } : cost.currency;
}

/** An export that was kept, for somebody at the other end of a protocol. */
export interface KeptExport {
  readonly violations: ViolationsExport;
  readonly written: WrittenRows;
  readonly saved: SavedReport;
}

export type KeepExport = (request: ExportViolationsRequest) => Promise<KeptExport>;

/** @throws {AppError} as `ExportViolations` and `ReportFiles.save`. */
export function createKeepExport(
  exportViolations: ExportViolations,
  files: ReportFiles,
): KeepExport {
  return async (request) => {
    const violations = await exportViolations(request);
    const saved = await files.save(violations.name, violations.chunks);
    return { violations, written: violations.written(), saved };
  };
}
