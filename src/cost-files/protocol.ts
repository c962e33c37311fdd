import type { Cloud } from "../domain/cloud.ts";
import type { CostGroup } from "../domain/cost/cost-line.ts";
import type { CostPeriod } from "../domain/cost/cost-period.ts";
import type { ErrorCode, Issue } from "../domain/errors.ts";
import type { CostFileRequest, CostKeysByCloud } from "../ports/costs.ts";

/** What is said between a reader of bills on its own thread and the thread that uses it. */

export interface ReadingOrder {
  /** Absolute paths of local files; the only ones that the thread may open. */
  readonly files: readonly string[];
  readonly format: CostFileRequest["format"];
  readonly keys: CostKeysByCloud;
  readonly period: CostPeriod | null;
  readonly threads: number;
  readonly memoryMb: number;
  /** Folder for what does not fit into memory. */
  readonly spillFolder: string;
}

/** A group with what its resource type is told by; nothing of it has to stay in the group. */
export interface ReadGroup {
  readonly group: CostGroup;
  /** As the file names it. Untrusted text. */
  readonly declaredType: string | null;
}

/** What one thread read, known at its end. */
export interface ReadFacts {
  readonly method: "focus" | "cur";
  readonly months: readonly { readonly cloud: Cloud; readonly month: string }[];
  readonly lines: number;
  readonly linesLeftOut: number;
  /** Canonical names of the tags that some line of the cloud carried. */
  readonly seen: Readonly<Record<Cloud, readonly string[]>>;
}

/** Errors lose what they are when they are copied to another thread. */
export interface ReadFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly issues: readonly Issue[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** From the reader. After a page it waits for `next`. */
export type ReaderMessage =
  | { readonly kind: "page"; readonly groups: readonly ReadGroup[] }
  /** Share of the bytes read so far, in per cent. */
  | { readonly kind: "progress"; readonly percent: number }
  | { readonly kind: "end"; readonly facts: ReadFacts }
  | { readonly kind: "failure"; readonly failure: ReadFailure };

/** To the reader. */
export type ReaderCommand = "next" | "stop";
