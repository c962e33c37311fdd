import { databaseCases, type DatabaseCases } from "../../compose/database.ts";
import { settingsLoader } from "../application.ts";
import { count, processTerminal } from "../output.ts";

const cases = (configFile: unknown): DatabaseCases => databaseCases(settingsLoader(configFile)());

/** `tag-compliance db migrate`: for a step of its own before a new release is rolled out. */
export async function migrateDatabase(configFile: unknown): Promise<void> {
  const { engine, steps } = await cases(configFile).migrate();
  processTerminal().out(`${engine}: the schema is current (${steps.at(-1) ?? "empty"}).`);
}

/** `tag-compliance db backup <file>`: may run while servers use the database. */
export async function backupDatabase(file: string, configFile: unknown): Promise<void> {
  await cases(configFile).backup(file);
  processTerminal().out(`Backed up to ${file}.`);
}

/** `tag-compliance db copy`: everything, compared row by row, or nothing. */
export async function copyToPostgres(configFile: unknown): Promise<void> {
  const terminal = processTerminal();
  const copied = await cases(configFile).copy(({ table, rows }) => {
    if (rows > 0) terminal.out(`${count(rows).padStart(12)}  ${table}`);
  });
  const rows = copied.reduce((sum, one) => sum + one.rows, 0);
  terminal.out(
    `Copied ${count(rows)} rows of ${copied.length} tables and compared every one. ` +
      "The SQLite file is unchanged; what is stored in it from now on is not in PostgreSQL.",
  );
}
