import type { Cloud } from "../domain/cloud.ts";
import type {
  CostDimension,
  CostGroup,
  CostKey,
  CostKeyFact,
  CostMethod,
} from "../domain/cost/cost-line.ts";
import type { CostPeriod } from "../domain/cost/cost-period.ts";
import type { ErrorCode } from "../domain/errors.ts";
import type { Micros } from "../domain/money.ts";

/** What is asked of a bill. Sources answer for one cloud unless they are files of several. */
export interface CostRequest {
  readonly period: CostPeriod;
  /** What groups are told apart by; at most what `CostCapabilities` allows. */
  readonly dimensions: readonly CostDimension[];
  /** Tags that are read; at most `CostCapabilities.maxKeys`. `[]`: charges only. */
  readonly keys: readonly CostKey[];
  /** Accounts, in the spelling of `Resource.account`; `[]` means every one the source has. */
  readonly accounts: readonly string[];
}

/** What a source can tell apart in one answer. */
export interface CostCapabilities {
  readonly dimensions: readonly CostDimension[];
  /** Dimensions of one request; Cost Explorer groups by one besides the tag. */
  readonly maxDimensions: number;
  /** Tags of one request; Cost Explorer groups by one. */
  readonly maxKeys: number;
  /** An empty value cannot be told from an absent tag; both are given as absent. */
  readonly blankIsAbsent: boolean;
  /** Charges without a resource can be told from charges of untagged resources (`hasResource`). */
  readonly seesResources: boolean;
}

/** A part of the bill that the answer lacks. It is never read as zero. */
export interface MissingCost {
  readonly cloud: Cloud;
  /** Null: every account. */
  readonly account: string | null;
  readonly period: CostPeriod;
  /** Why: a refusal or failure, or `not_found` where no data of the period exists. */
  readonly reason: ErrorCode;
}

/** What is true of all groups of one answer. */
export interface CostFacts {
  readonly method: CostMethod;
  /** What `effectiveMicros` holds: `effective` (amortised) or, where the source has nothing else, `billed`. */
  readonly metric: "effective" | "billed";
  /** Epoch milliseconds at which the provider or file last wrote the data; null where it does not say. */
  readonly asOfMs: number | null;
  /** Part of the period is still open: the provider says the figures will change. */
  readonly estimated: boolean;
  readonly missing: readonly MissingCost[];
  /** One per key that was asked for, in that order. */
  readonly keys: readonly CostKeyFact[];
  /** Lines left out because they are no cloud's of ours, or unreadable; their amount is not in any group. */
  readonly linesLeftOut: number;
  /** What asking really cost. */
  readonly asked: AskingCost;
}

/** What a question costs to ask. */
export interface AskingCost {
  /** Requests that the provider charges or limits. */
  readonly calls: number;
  /** Price of those requests in micro-units of US dollars; 0 where asking is free. */
  readonly costMicros: Micros;
}

/** One answer: groups in pages, then what is true of them. */
export interface CostReading {
  /**
   * Equal groups may appear on several pages, so amounts are to be added.
   * @throws {AppError} while reading: `cancelled`, `credentials_missing`, `credentials_expired`,
   * `cloud_denied`, `cloud_throttled`, `cloud_timeout`, `cloud_unavailable`, `invalid_input`, when nothing
   * of the answer can be had. What only a part of the accounts refuses is in `CostFacts.missing`.
   */
  readonly groups: AsyncIterable<readonly CostGroup[]>;
  /** Complete once `groups` has ended; @throws {AppError} `internal` before. */
  facts(): CostFacts;
}

/** One place that bills come from: Cost Explorer, Cost Management, BigQuery, or imported files. */
export interface CostSource {
  readonly method: CostMethod;
  readonly cloud: Cloud;
  readonly capabilities: CostCapabilities;
  /** An answer may be kept for so long before asking again is worth it, in milliseconds. */
  readonly keepForMs: number;
  /** The least that asking would cost; pages that are not known beforehand come on top. Makes no call. */
  askingCost(request: CostRequest): AskingCost;
  /**
   * Begins nothing until `groups` is read.
   * @param onSpent told the price of each paid request as it is sent, in micro-units of US dollars: what
   * was spent is spent, even where the answer fails.
   */
  read(
    request: CostRequest,
    signal: AbortSignal,
    onSpent?: (costMicros: Micros) => void,
  ): CostReading;
  close(): Promise<void>;
}

/** Tags to keep of each cloud's lines when files are imported. */
export type CostKeysByCloud = Readonly<Record<Cloud, readonly CostKey[]>>;

/** Which lines of files are read. */
export interface CostFileRequest {
  /** Files or folders, as the caller named them. */
  readonly paths: readonly string[];
  /** `auto` looks at the columns. */
  readonly format: "auto" | "focus" | "cur";
  readonly keys: CostKeysByCloud;
  /** Only lines that begin in it; null: all of them. */
  readonly period: CostPeriod | null;
}

/** What a file import read, known once its groups have ended. */
export interface CostFileFacts {
  readonly method: "focus" | "cur";
  /** Months that the lines begin in, `YYYY-MM`, with the clouds that have lines in them. */
  readonly months: readonly { readonly cloud: Cloud; readonly month: string }[];
  readonly files: number;
  readonly lines: number;
  readonly linesLeftOut: number;
  /** Latest time a file was written, epoch milliseconds. */
  readonly asOfMs: number;
  /** Per cloud, one per key asked for; `inactive` where the files have no column or entry of the key at all. */
  readonly keys: Readonly<Record<Cloud, readonly CostKeyFact[]>>;
}

/** Reads exported bills. Groups are per resource: every dimension is told apart. */
export interface CostFiles {
  /** @throws {AppError} `invalid_input` (no such file, no such format, unreadable), `cloud_unsupported` (DuckDB is not installed), `cancelled`. */
  read(
    request: CostFileRequest,
    signal: AbortSignal,
  ): { readonly groups: AsyncIterable<readonly CostGroup[]>; facts(): CostFileFacts };
}
