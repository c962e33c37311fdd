import { type Dialect, Kysely } from "kysely";
import type { ScanJobResult, ScanWork } from "./inventory/scan-work.ts";
import type { Database } from "./schema.ts";

type PerformThere = (work: ScanWork<string>) => Promise<readonly ScanJobResult[]>;

/**
 * A database whose connection lives on another thread. What a scan writes is sent there whole and done
 * there, by the same code: a row costs far less in a page than in the many statements that store it.
 */
export class DistantDatabase extends Kysely<Database> {
  /** As `performScanWork`, in a transaction of its own. Pages as `packRows` makes them. */
  readonly performThere: PerformThere;

  constructor(dialect: Dialect, performThere: PerformThere) {
    super({ dialect });
    this.performThere = performThere;
  }
}
