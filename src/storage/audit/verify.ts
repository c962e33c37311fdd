import type { Kysely } from "kysely";
import type {
  AuditAnchor,
  AuditProblem,
  AuditProblemKind,
  AuditVerification,
} from "../../ports/audit.ts";
import type { Database } from "../schema.ts";
import { checkpointMac, GENESIS, headMac, signedHash } from "./chain.ts";
import { type SignedRecord, signedPages } from "./read.ts";

const MAX_PROBLEMS = 100;

/**
 * Reads every record once, in order, holding one page in memory, and names each place where the chain is
 * not what was written. After a fault it goes on from the record as it stands, so that one fault is one
 * problem.
 */
export async function verify(
  db: Kysely<Database>,
  key: Uint8Array,
  anchors: readonly AuditAnchor[],
): Promise<AuditVerification> {
  const problems = collectProblems();
  const start = await startOf(db, key, problems);
  // Read before the records: what is appended meanwhile is checked, and not taken for a surplus.
  const head = await db.selectFrom("audit_head").selectAll().executeTakeFirst();
  const walk: Walk = {
    key,
    problems,
    anchored: new Map(anchors.map(({ seq, hash }) => [seq, hash])),
    records: 0,
    firstSeq: null,
    lastSeq: start.seq,
    lastHash: start.hash,
  };
  for await (const page of signedPages(db, start.seq))
    for (const record of page) visit(walk, record);
  if (head !== undefined) checkEnd(walk, head);
  const newestSeq = Math.max(walk.lastSeq, head?.seq ?? 0);
  const beyond = anchors.filter(({ seq }) => seq > newestSeq);
  for (const { seq } of beyond) problems.add("truncated", seq, seq);
  return {
    records: walk.records,
    firstSeq: walk.firstSeq,
    lastSeq: walk.records === 0 ? null : walk.lastSeq,
    removedThroughSeq: start.seq,
    problems: problems.first,
    problemCount: problems.count(),
  };
}

interface Problems {
  readonly first: AuditProblem[];
  add(kind: AuditProblemKind, fromSeq: number, toSeq: number): void;
  count(): number;
}

function collectProblems(): Problems {
  const first: AuditProblem[] = [];
  let count = 0;
  return {
    first,
    add(kind, fromSeq, toSeq) {
      count += 1;
      if (first.length < MAX_PROBLEMS) first.push({ kind, fromSeq, toSeq });
    },
    count: () => count,
  };
}

/** Where the chain begins: at its first record, or behind the last checkpoint that is genuine. */
async function startOf(
  db: Kysely<Database>,
  key: Uint8Array,
  problems: Problems,
): Promise<{ readonly seq: number; readonly hash: string }> {
  const points = await db
    .selectFrom("audit_checkpoints")
    .selectAll()
    .orderBy("through_seq", "desc")
    .execute();
  for (const point of points) {
    if (checkpointMac(key, point) === point.mac)
      return { seq: point.through_seq, hash: point.hash };
    problems.add("forged_checkpoint", point.through_seq, point.through_seq);
  }
  return { seq: 0, hash: GENESIS };
}

interface Walk {
  readonly key: Uint8Array;
  readonly problems: Problems;
  readonly anchored: ReadonlyMap<number, string>;
  records: number;
  firstSeq: number | null;
  lastSeq: number;
  lastHash: unknown;
}

/* oxlint-disable no-param-reassign -- a walk over a million rows keeps its place in one object */
function visit(walk: Walk, record: SignedRecord): void {
  const hash = record.at(-1);
  const [seq, previousHash] = record;
  const { problems } = walk;
  if (seq > walk.lastSeq + 1) problems.add("missing", walk.lastSeq + 1, seq - 1);
  if (signedHash(walk.key, record.slice(0, -1)) !== hash) problems.add("altered", seq, seq);
  else if (seq === walk.lastSeq + 1 && previousHash !== walk.lastHash)
    problems.add("broken_link", seq, seq);
  const anchor = walk.anchored.get(seq);
  if (anchor !== undefined && anchor !== hash) problems.add("anchor_mismatch", seq, seq);
  walk.records += 1;
  walk.firstSeq ??= seq;
  walk.lastSeq = seq;
  walk.lastHash = hash;
}
/* oxlint-enable no-param-reassign */

/** The head as it was when the walk began: records behind it may be new, records before it must be there. */
function checkEnd(walk: Walk, head: { seq: number; hash: string; mac: string }): void {
  if (headMac(walk.key, head) !== head.mac) walk.problems.add("altered", head.seq, head.seq);
  if (head.seq > walk.lastSeq) walk.problems.add("truncated", walk.lastSeq + 1, head.seq);
}
