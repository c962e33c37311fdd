/** The column types whose names differ between databases. */
export interface ColumnTypes {
  /** Signed 64-bit integer. In SQLite this is `integer`, which also makes a primary key the row id. */
  readonly int64: string;
}

/** How the portable statements of a migration run on one kind of database. */
export interface Engine {
  readonly types: ColumnTypes;
  /** The schema tables are in, where the database has schemas. */
  readonly schema?: string;
  /** What the database is given for a statement; default: the statement. */
  readonly adapt?: (statement: string) => string;
}

/**
 * One step of the schema. Steps are only ever added: what has run somewhere is never edited, which
 * the recorded checksum enforces. A step must leave the release before it working (expand first,
 * contract later), because replicas of both releases run during an upgrade.
 */
export interface Migration {
  /** Sorts and identifies: `0001-inventory`. */
  readonly name: string;
  readonly statements: (types: ColumnTypes) => readonly string[];
}
