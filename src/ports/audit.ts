/**
 * `call`: a call has ended that changed nothing, because it does not or because it was refused before it
 * began. `call_started`, `call_ended`: around one that changes something; the first is durable before it
 * acts. `dry_run`: only estimated. `asked`, `confirmed`,
 * `declined`: what a caller was asked before an expensive call, and the answer. `unknown_tool`: no such
 * tool. `retention`: older records were removed, up to the one it names.
 */
export const AUDIT_EVENTS = [
  "call",
  "call_started",
  "call_ended",
  "dry_run",
  "asked",
  "confirmed",
  "declined",
  "unknown_tool",
  "retention",
] as const;
export type AuditEventKind = (typeof AUDIT_EVENTS)[number];

/** Who acted, as far as the transport knows. */
export interface AuditActor {
  /** How they are known: `local_user`, `anonymous`, `oauth`, `api_key`, `system`. */
  readonly kind: string;
  readonly tenant: string | null;
  readonly subject: string;
  /** The program that speaks for them, as it calls itself. */
  readonly client: string | null;
}

/** One thing that happened. Records of one intent share a correlation id. */
export interface AuditEvent {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly event: AuditEventKind;
  readonly correlationId: string;
  readonly actor: AuditActor;
  /** Where it came in: `stdio`, `http`, `schedule`, `cli`. */
  readonly channel: string;
  /** What was asked for: a tool's name. */
  readonly action: string;
  /** SHA-256 of the canonical arguments; null where there are none. */
  readonly argumentsDigest: string | null;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  /** Redacted arguments, estimates, choices: JSON of data, never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends AuditEvent {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  /** Hash of the record before; of the first one, of nothing. */
  readonly previousHash: string;
  /** HMAC-SHA256 over everything above, base64url. */
  readonly hash: string;
}

/** The newest record at some moment. Kept elsewhere, it proves that the chain was not rewritten since. */
export interface AuditAnchor {
  readonly atMs: number;
  readonly seq: number;
  readonly hash: string;
}

/**
 * `altered`: the record is not what was written. `missing`: records that were written are not there.
 * `broken_link`: the record is genuine, but not the successor of the one before it. `forged_checkpoint`:
 * what says that older records were removed on purpose is not ours. `truncated`: the newest records are
 * not there. `anchor_mismatch`: the record is not the one that an anchor names.
 */
export type AuditProblemKind =
  | "altered"
  | "missing"
  | "broken_link"
  | "forged_checkpoint"
  | "truncated"
  | "anchor_mismatch";

export interface AuditProblem {
  readonly kind: AuditProblemKind;
  /** The first and last record concerned. */
  readonly fromSeq: number;
  readonly toSeq: number;
}

export interface AuditVerification {
  readonly records: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** Records up to this one were removed by retention, provably; 0 when none were. */
  readonly removedThroughSeq: number;
  /** The first hundred; empty when the chain is whole. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
}

export interface AuditStatus {
  /** Null when there is none. */
  readonly lastSeq: number | null;
  /** Records that could not be written since the start of this process. */
  readonly lost: number;
}

/** The append-only log of who did what. Several processes may append to it at once. */
export interface AuditLog {
  /**
   * Resolves once the record is on disk, with its number. Records given at the same time share a commit.
   * @throws {AppError} `storage_unavailable`: the record was not written, and whoever needs it must not act.
   */
  append(event: AuditEvent): Promise<number>;
  /** Reads the whole chain, in a stream. `anchors` are heads that were kept elsewhere. */
  verify(anchors: readonly AuditAnchor[]): Promise<AuditVerification>;
  /** In order, in pages. Times are epoch milliseconds; the end is exclusive. */
  read(period: {
    readonly fromMs: number;
    readonly toMs: number;
  }): AsyncIterable<readonly AuditRecord[]>;
  /** Removes records older than `beforeMs`, leaving a signed checkpoint in their place. @returns how many. */
  removeBefore(beforeMs: number): Promise<number>;
  status(): Promise<AuditStatus>;
  /** Writes what is still waiting. */
  close(): Promise<void>;
}
