import type { Verdict } from "../domain/compliance/violation.ts";
import type { Resource } from "../domain/resource.ts";
import type { Scope } from "../domain/scan/scope.ts";
import type { JudgedResource, ScanRecord } from "./inventory.ts";

/** A stored resource as it is to be judged anew, with what the store needs to put the judgement back. */
export interface StoredForJudging {
  readonly resource: Resource;
  readonly no: number;
  readonly placeId: number;
  readonly hadTags: boolean;
  readonly verdict: Verdict;
  /** As their columns hold them; see the table of resources. */
  readonly state: string;
  readonly gap: number | null;
}

export interface ReJudged extends JudgedResource {
  readonly stored: StoredForJudging;
}

/**
 * One judging of the whole inventory by another policy. Nothing of it shows before `finish`, and then all
 * of it. `stage` and `finish` throw `AppError` `storage_unavailable` when the right to it was lost: this
 * process was silent for so long that others took it for dead.
 */
export interface ReJudgement {
  /** Every resource that exists and whose state is known, in pages. */
  resources(): AsyncIterable<readonly StoredForJudging[]>;
  /** Puts judgements aside; those that say what is stored already cost nothing. */
  stage(page: readonly ReJudged[]): Promise<void>;
  /** Replaces verdicts, violations and counts, and the policy of every scan's record, at once. */
  finish(): Promise<{ readonly changed: number }>;
  /** Gives it up; what was put aside is never shown. */
  abandon(): Promise<void>;
}

export type BegunReJudgement =
  | { readonly kind: "begun"; readonly judgement: ReJudgement }
  /** A scan runs: its verdicts would be lost or mixed. */
  | { readonly kind: "scanning"; readonly scanId: string }
  /** Another process judges, or this one does already. */
  | { readonly kind: "judging" };

/** Judging what is stored by another policy than the one it was judged by, without asking a cloud. */
export interface ReJudgeStore {
  /**
   * The youngest finished scan that covers the scope, whatever policies its ground was judged by since:
   * how old the tags are that would be judged.
   */
  youngestRead(scope: Scope): Promise<ScanRecord | undefined>;
  /** Resources that a judging would read. */
  countResources(): Promise<number>;
  /** While it is under way no scan begins, and it does not begin while one runs. Holds over all processes. */
  begin(policyHash: string): Promise<BegunReJudgement>;
}
