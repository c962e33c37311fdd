import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { startPostgres } from "../test/storage/postgres-server.ts";
import { bundle } from "./served/bundle.ts";

const POLICY = join(import.meta.dirname, "../policies/finops-five-tags.yaml");
const Figures = z.record(z.string(), z.number());

interface Options {
  readonly resources?: string;
  /** `sqlite`, `postgres` or both, which is the default. */
  readonly engine?: string;
}

/**
 * Scans a made-up estate twice (ingest, judge, store; the second time one resource in a hundred has
 * changed), asking questions meanwhile and afterwards. The product runs in a process of its own; the
 * cloud has no network, so this is what the product itself takes. PostgreSQL runs on this machine with
 * its default settings, so both share its cores.
 */
export async function run(options: Options = {}): Promise<Record<string, number>> {
  const resources = Number(options.resources ?? 200_000);
  const wants = (engine: string): boolean =>
    options.engine === undefined || options.engine === engine;
  const sqlite = wants("sqlite") ? await onSqlite(resources) : {};
  const postgres = wants("postgres") ? await onPostgres(resources) : {};
  return { resources, ...prefixed("sqlite", sqlite), ...prefixed("postgres", postgres) };
}

type Measured = Readonly<Record<string, number>>;

async function onSqlite(resources: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "inventory-bench-"));
  const path = join(folder, "inventory.db");
  try {
    const figures = await product(path, resources);
    return { ...figures, bytes_per_resource: Math.round(statSync(path).size / resources) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function onPostgres(resources: number): Promise<Measured> {
  const server = await startPostgres({ durable: true });
  try {
    const url = await server.createDatabase();
    const figures = await product(url, resources);
    return { ...figures, bytes_per_resource: Math.round((await sizeOf(url)) / resources) };
  } finally {
    await server.stop();
  }
}

async function product(target: string, resources: number): Promise<Measured> {
  const { command, remove } = await bundle(new URL("./inventory/product.ts", import.meta.url));
  try {
    const args = [...command, target, String(resources), POLICY];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return Figures.parse(JSON.parse(stdout));
  } finally {
    remove();
  }
}

async function sizeOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    "select pg_database_size(current_database()) as size",
  );
  await client.end();
  return Number(rows[0]?.size);
}

function prefixed(engine: string, figures: Measured): Measured {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${engine}_${name}`, value]),
  );
}
