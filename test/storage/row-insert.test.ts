import fc from "fast-check";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int64, rowInsert, text } from "../../src/storage/inventory/row-insert.ts";
import type { Database } from "../../src/storage/schema.ts";
import { onEveryDatabase } from "./databases.ts";
import type { TestDatabase } from "./inventory-contract.ts";

type Violation = Database["violations"];

const insertViolations = rowInsert<"violations", Violation>("violations", {
  id: int64((row) => row.id),
  resource_no: int64((row) => row.resource_no),
  finding_id: int64((row) => row.finding_id),
  actual: text((row) => row.actual),
  suggestion: text((row) => row.suggestion),
});

type Count = Database["place_findings"];

const addCounts = rowInsert<"place_findings", Count>(
  "place_findings",
  {
    // Not in the order in which the table has its columns.
    count: int64((row) => row.count),
    finding_id: int64((row) => row.finding_id),
    place_id: int64((row) => row.place_id),
  },
  (insert) =>
    insert.onConflict((conflict) =>
      conflict.columns(["place_id", "finding_id"]).doUpdateSet((eb) => ({
        count: eb("place_findings.count", "+", eb.ref("excluded.count")),
      })),
    ),
);

const number = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
/** What neither database takes is no text of a cloud. */
const word = fc
  .oneof(fc.constantFrom("", "null", "{a,b}", 'a"b\\c', "é\n"), fc.string({ unit: "grapheme" }))
  .filter((some) => !some.includes("\0"));
const maybe = fc.option(word, { nil: null });
const violations = fc.uniqueArray(
  fc.record({
    id: number,
    resource_no: number,
    finding_id: number,
    actual: maybe,
    suggestion: maybe,
  }),
  { selector: ({ id }) => id, maxLength: 40 },
);

onEveryDatabase((engine, create) => {
  describe(`an insert of rows on ${engine}`, () => {
    let database: TestDatabase;
    let db: Kysely<Database>;
    beforeAll(async () => {
      database = await create();
      db = await database.connect();
    });
    afterAll(async () => {
      await db.destroy();
      await database.dispose();
    });

    /** Writes rows, and gives what the table then holds. */
    const written = (rows: readonly Violation[]): Promise<readonly Violation[]> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom("violations").execute();
        await insertViolations(trx, rows);
        return trx.selectFrom("violations").selectAll().execute();
      });

    test("stores what it is given, however many rows and whatever their values", async () => {
      await fc.assert(
        fc.asyncProperty(violations, async (rows) => {
          expect(byId(await written(rows))).toEqual(byId(rows));
        }),
        { numRuns: 50 },
      );
    });

    test.each([1, 2, 255, 256, 257, 2_048])(
      "stores %d rows, twice as well as once",
      async (count) => {
        for (const time of ["first", "second"]) {
          const rows = Array.from({ length: count }, (_, at) => ({
            id: at,
            resource_no: at + 1,
            finding_id: at % 3,
            actual: `${time} ${at}`,
            suggestion: at % 2 === 0 ? null : time,
          }));
          expect(byId(await written(rows))).toEqual(rows);
        }
      },
    );

    test("ends as it was told, for what is there already and what is not", async () => {
      const rows = Array.from({ length: 300 }, (_, at) => ({
        place_id: at % 20,
        finding_id: Math.floor(at / 20),
        count: at,
      }));
      await db.transaction().execute(async (trx) => {
        await addCounts(trx, rows.slice(0, 200));
        await addCounts(trx, rows);
      });
      const stored = await db
        .selectFrom("place_findings")
        .selectAll()
        .orderBy("finding_id")
        .orderBy("place_id")
        .execute();
      expect(stored).toEqual(
        rows.map((row, at) => ({ ...row, count: at < 200 ? 2 * row.count : row.count })),
      );
    });
  });
});

function byId(rows: readonly Violation[]): readonly Violation[] {
  return rows.toSorted((a, b) => a.id - b.id);
}
