import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { AppError } from "../../domain/errors.ts";
import type { AuditAnchor, AuditEvent, AuditLog } from "../../ports/audit.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Database } from "../schema.ts";
import { createAppender } from "./append.ts";
import { toRecord } from "./chain.ts";
import { recordPages } from "./read.ts";
import { removeOld } from "./remove-old.ts";
import { verify } from "./verify.ts";

export interface AuditLogOptions {
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** Told of the newest record once a UTC day, to be kept where the database's owner cannot reach. */
  readonly onAnchor: (anchor: AuditAnchor) => void;
}

const MS_PER_DAY = 86_400_000;

/** The audit log in an opened and migrated database, which stays open when the log is closed. */
export function createAuditLog(
  db: Kysely<Database>,
  { key, clock, onAnchor }: AuditLogOptions,
): AuditLog {
  let anchoredDay = -1;
  let lost = 0;
  const appender = createAppender(db, {
    key,
    onCommit: (head) => {
      const day = Math.floor(clock.now() / MS_PER_DAY);
      if (day === anchoredDay) return;
      anchoredDay = day;
      onAnchor({ ...head, atMs: clock.now() });
    },
    overflow: () =>
      new AppError("storage_unavailable", "Too many audit records wait for the database.", {
        hint: "Check that the database answers and that its disk is not full.",
      }),
  });
  return {
    append: async (event) => {
      try {
        return await appender.append(event);
      } catch (error) {
        lost += 1;
        throw error;
      }
    },
    verify: async (anchors) => {
      await appender.drain();
      return verify(db, key, anchors);
    },
    async *read(period) {
      await appender.drain();
      for await (const page of recordPages(db, period)) yield page.map(toRecord);
    },
    removeBefore: async (beforeMs) => {
      await appender.drain();
      const nowMs = clock.now();
      return removeOld(db, { key, beforeMs, nowMs, event: (d) => retentionEvent(nowMs, d) });
    },
    status: async () => {
      const head = await db.selectFrom("audit_head").select("seq").executeTakeFirst();
      return { lastSeq: head?.seq ?? null, lost };
    },
    close: () => appender.drain(),
  };
}

function retentionEvent(atMs: number, details: Readonly<Record<string, unknown>>): AuditEvent {
  return {
    atMs,
    event: "retention",
    correlationId: `audit_${randomUUID()}`,
    actor: { kind: "system", tenant: null, subject: "retention", client: null },
    channel: "schedule",
    action: "remove_old_audit_records",
    argumentsDigest: null,
    outcome: "ok",
    details,
  };
}
