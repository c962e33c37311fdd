import fc from "fast-check";
import { type Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditAnchor, AuditEvent, AuditLog, AuditProblem } from "../../src/ports/audit.ts";
import { createAuditLog } from "../../src/storage/audit/log.ts";
import type { Database } from "../../src/storage/schema.ts";
import { onEveryDatabase } from "../storage/databases.ts";
import type { TestDatabase } from "../storage/inventory-contract.ts";

const KEY = new Uint8Array(32).fill(7);
const DAY = 86_400_000;

function eventAt(atMs: number, outcome = "ok"): AuditEvent {
  return {
    atMs,
    event: "call",
    correlationId: `call_${atMs}`,
    actor: { kind: "local_user", tenant: null, subject: "ann", client: null },
    channel: "stdio",
    action: "check_tag_compliance",
    argumentsDigest: "abc",
    outcome,
    details: { arguments: { regions: ["eu-west-1"] } },
  };
}

onEveryDatabase((name, create) => {
  describe(`the audit chain (${name}) [P1-INFRA-4] [P2-ENTERPRISE-4]`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    let log: AuditLog;
    let anchors: AuditAnchor[];
    let nowMs = 0;

    const open = (): AuditLog =>
      createAuditLog(db, {
        key: KEY,
        clock: { now: () => nowMs },
        onAnchor: (anchor) => anchors.push(anchor),
      });
    const append = (count: number, fromMs = 0): Promise<readonly number[]> =>
      Promise.all(Array.from({ length: count }, (_, index) => log.append(eventAt(fromMs + index))));
    /** What somebody does who owns the database: no trigger stops them. */
    const tamper = async (change: () => Promise<unknown>): Promise<void> => {
      await disarm(db, name);
      await change();
    };
    const problems = async (): Promise<readonly AuditProblem[]> => (await log.verify([])).problems;

    beforeEach(async () => {
      database = await create();
      db = await database.connect();
      anchors = [];
      nowMs = 0;
      log = open();
    });
    afterEach(async () => {
      await log.close();
      // Its rows cannot be deleted one by one, as emptying the database would.
      if (name === "PostgreSQL") await sql.raw("drop schema tag_compliance cascade").execute(db);
      await db.destroy();
      await database.dispose();
    });

    it("numbers records in the order given, and finds nothing amiss", async () => {
      expect(await append(2500)).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
      expect(await log.verify([])).toEqual({
        records: 2500,
        firstSeq: 1,
        lastSeq: 2500,
        removedThroughSeq: 0,
        problems: [],
        problemCount: 0,
      });
    });

    it("is whole whatever a caller calls itself or asks for, and loses no neighbour's record", async () => {
      const hostile = ["a\0b", "\ud800 half a character", '"\\\n\u2028', "\u{e0041}"];
      await Promise.all(hostile.map((action) => log.append({ ...eventAt(1), action })));
      expect(await log.verify([])).toMatchObject({ records: hostile.length, problemCount: 0 });
    });

    it("is one chain whoever appends", async () => {
      const other = open();
      const seqs = await Promise.all(
        Array.from({ length: 200 }, (_, index) => (index % 2 ? log : other).append(eventAt(index))),
      );
      expect(new Set(seqs).size).toBe(200);
      expect(await log.verify([])).toMatchObject({ records: 200, problemCount: 0 });
    });

    it.each(["update audit_records set outcome = 'ok'", "delete from audit_records"])(
      "refuses: %s",
      async (statement) => {
        await append(3);
        await expect(sql.raw(statement).execute(db)).rejects.toThrow(/database/);
        expect(await log.verify([])).toMatchObject({ records: 3, problemCount: 0 });
      },
    );

    it("names the one record that was edited, whatever was edited in it", async () => {
      await append(40);
      const columns = ["at_ms", "event", "correlation_id", "actor", "channel", "action"] as const;
      const texts = ["arguments_digest", "outcome", "details", "previous_hash", "hash"] as const;
      await disarm(db, name);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 40 }),
          fc.constantFrom(...columns, ...texts),
          async (seq, column) => {
            const row = await db
              .selectFrom("audit_records")
              .selectAll()
              .where("seq", "=", seq)
              .executeTakeFirstOrThrow();
            const value = column === "at_ms" ? row.at_ms + 1 : `${row[column]}x`;
            const change = sql`update audit_records set ${sql.ref(column)} = ${value} where seq = ${seq}`;
            await change.execute(db);
            const found = await problems();
            expect(found[0]).toEqual({ kind: "altered", fromSeq: seq, toSeq: seq });
            // A forged hash also cuts the record behind it loose.
            expect(found.length).toBeLessThanOrEqual(column === "hash" ? 2 : 1);
            await sql`update audit_records set ${sql.ref(column)} = ${row[column]} where seq = ${seq}`.execute(
              db,
            );
            expect(await problems()).toEqual([]);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("names records that were removed, in the middle and at the end", async () => {
      await append(20);
      await tamper(() =>
        db.deleteFrom("audit_records").where("seq", "in", [1, 7, 8, 19, 20]).execute(),
      );
      expect(await problems()).toEqual([
        { kind: "missing", fromSeq: 1, toSeq: 1 },
        { kind: "missing", fromSeq: 7, toSeq: 8 },
        { kind: "truncated", fromSeq: 19, toSeq: 20 },
      ]);
    });

    it("names records that changed places", async () => {
      await append(10);
      await tamper(async () => {
        await sql`update audit_records set seq = 100 where seq = 4`.execute(db);
        await sql`update audit_records set seq = 4 where seq = 6`.execute(db);
        await sql`update audit_records set seq = 6 where seq = 100`.execute(db);
      });
      const altered = (await problems()).filter(({ kind }) => kind === "altered");
      expect(altered.map(({ fromSeq }) => fromSeq)).toEqual([4, 6]);
    });

    it("is not fooled by a shorter head, nor by an older genuine one where an anchor is kept", async () => {
      await append(5);
      const older = await db.selectFrom("audit_head").selectAll().executeTakeFirstOrThrow();
      nowMs = DAY;
      await append(5, DAY);
      await tamper(() => db.deleteFrom("audit_records").where("seq", ">", 5).execute());
      await db.updateTable("audit_head").set({ seq: 5 }).execute();
      expect((await problems()).map(({ kind }) => kind)).toContain("altered");
      await db.updateTable("audit_head").set(older).execute();
      expect(await problems()).toEqual([]);
      expect(anchors.map(({ seq }) => seq)).toEqual([5, 10]);
      expect((await log.verify(anchors)).problems).toEqual([
        { kind: "truncated", fromSeq: 10, toSeq: 10 },
      ]);
    });

    it("sees a chain that was written anew with a stolen key, by its anchors", async () => {
      await append(5);
      await tamper(() => db.deleteFrom("audit_records").execute());
      await db.deleteFrom("audit_head").execute();
      log = open();
      await append(5, 50);
      expect(await problems()).toEqual([]);
      expect((await log.verify(anchors.slice(0, 1))).problems).toEqual([
        { kind: "anchor_mismatch", fromSeq: 5, toSeq: 5 },
      ]);
    });

    it("lets old records go behind a signed checkpoint, and only those", async () => {
      await append(10);
      await append(10, DAY);
      expect(await log.removeBefore(DAY)).toBe(10);
      expect(await log.verify([])).toMatchObject({
        records: 11,
        firstSeq: 11,
        removedThroughSeq: 10,
        problemCount: 0,
      });
      expect(await log.removeBefore(DAY)).toBe(0);
      await expect(sql`delete from audit_records where seq = 12`.execute(db)).rejects.toThrow(
        /database/,
      );
    });

    it("does not believe a checkpoint that is not its own", async () => {
      await append(10);
      await db
        .insertInto("audit_checkpoints")
        .values({ through_seq: 4, hash: "x", at_ms: 1, mac: "forged" })
        .execute();
      await db.deleteFrom("audit_records").where("seq", "<=", 4).execute();
      expect(await problems()).toEqual([
        { kind: "forged_checkpoint", fromSeq: 4, toSeq: 4 },
        { kind: "missing", fromSeq: 1, toSeq: 4 },
      ]);
    });

    it("gives out what it holds, by time", async () => {
      await append(5);
      const read = [];
      for await (const page of log.read({ fromMs: 1, toMs: 3 })) read.push(...page);
      expect(read.map(({ seq, atMs, details }) => ({ seq, atMs, details }))).toEqual([
        { seq: 2, atMs: 1, details: { arguments: { regions: ["eu-west-1"] } } },
        { seq: 3, atMs: 2, details: { arguments: { regions: ["eu-west-1"] } } },
      ]);
    });

    it("confirms no record that it could not write", async () => {
      await append(3);
      await tamper(() => sql`drop table audit_head`.execute(db));
      await expect(log.append(eventAt(9))).rejects.toThrow(/database/);
      await expect(log.append(eventAt(9))).rejects.toThrow(/database/);
    });
  });
});

async function disarm(db: Kysely<Database>, database: string): Promise<void> {
  const triggers = [
    ["audit_records_unchanged", "audit_records"],
    ["audit_records_kept", "audit_records"],
  ];
  for (const [trigger, table] of triggers)
    await sql
      .raw(
        database === "SQLite"
          ? `drop trigger if exists ${trigger}`
          : `drop trigger if exists ${trigger} on ${table}`,
      )
      .execute(db);
}
