import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../domain/errors.ts";
import { explainSqliteError, isBusy } from "./sqlite-errors.ts";

const folder = mkdtempSync(join(tmpdir(), "sqlite-errors-test-"));
const path = join(folder, "a.db");
const db = new DatabaseSync(path);
db.exec("pragma journal_mode = wal; create table t (x text unique)");
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Real errors, as SQLite itself raises them. */
const CASES: readonly (readonly [string, () => void, Partial<AppError>])[] = [
  [
    "another connection holds the write lock",
    () => {
      const other = new DatabaseSync(path, { timeout: 0 });
      try {
        db.exec("begin immediate");
        other.exec("begin immediate");
      } finally {
        db.exec("rollback");
        other.close();
      }
    },
    { code: "storage_unavailable", retryAfterMs: 1_000 },
  ],
  [
    "the file may only be read",
    () => {
      const readOnly = new DatabaseSync(path, { readOnly: true });
      try {
        readOnly.exec("insert into t values ('a')");
      } finally {
        readOnly.close();
      }
    },
    { code: "storage_unavailable" },
  ],
  [
    "there is no room",
    () => {
      const full = new DatabaseSync(":memory:");
      full.exec("pragma max_page_count = 1; create table t (x text)");
    },
    { code: "storage_unavailable", message: "The disk is full: the inventory cannot be stored." },
  ],
  [
    "the file cannot be opened",
    () => {
      new DatabaseSync(join(folder, "none", "a.db")).close();
    },
    { code: "storage_unavailable" },
  ],
  [
    "a constraint is broken",
    () => db.exec("insert into t values ('a'), ('a')"),
    { code: "internal" },
  ],
  ["a statement is wrong", () => db.prepare("selec 1"), { code: "internal" }],
];

test.each(CASES)("%s", (_, provoke, expected) => {
  const error = caught(provoke);
  const explained = explainSqliteError(error);
  expect(explained).toBeInstanceOf(AppError);
  expect(explained).toMatchObject(expected);
  expect(explained.cause).toBe(error);
  expect(isBusy(error)).toBe(expected.retryAfterMs !== undefined);
  expect(explained.hint !== undefined).toBe(expected.code === "storage_unavailable");
});

test("an error that was already explained stays as it is", () => {
  const own = new AppError("cancelled", "Cancelled.");
  expect(explainSqliteError(own)).toBe(own);
});

function caught(call: () => void): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}
