import { type Kysely, sql, type Transaction } from "kysely";
import {
  createDetectTagDrift,
  type DetectTagDrift,
} from "../src/app/tag-drift/detect-tag-drift.ts";
import { createGetViolationHistory } from "../src/app/violation-history.ts";
import { sha256 } from "../src/app/policy/sha256.ts";
import { type CompiledPolicy, compilePolicy } from "../src/domain/policy/compile.ts";
import { parsePolicy } from "../src/domain/policy/parse.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import type { InventoryStore } from "../src/ports/inventory.ts";
import { createHistoryStore } from "../src/storage/history/store.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import type { Database } from "../src/storage/schema.ts";
import { type Measured, onEngine, type StoreOptions } from "./storage/on-engine.ts";

const RUNS = 15;
const DAYS = 365;
const CHANGES = 10_000;
const ACCOUNTS = 40;
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"];
const TYPES = ["ec2:instance", "ec2:volume", "s3:bucket", "rds:db", "lambda:function"];
const MS_PER_DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1, 2);
const NOW = START + DAYS * MS_PER_DAY;
const POLICY = {
  version: "2.0",
  required_tags: [
    { name: "Team", allowed_values: ["a", "b", "c"] },
    { name: "CostCenter", validation_regex: "CC-[0-9]+" },
  ],
};

/**
 * Asks the questions about the past of a made-up estate with a snapshot a day for a year and 10,000 tag
 * changes between two of them. The rows are written directly: scanning the estate for a year is another
 * benchmark's matter.
 */
export async function run(options: StoreOptions = {}): Promise<Measured> {
  return onEngine(options, measure);
}

async function measure(db: Kysely<Database>, resources: number): Promise<Measured> {
  const clock = { now: () => NOW };
  const inventory = createInventoryStore(db, { clock });
  try {
    await fill(db, resources);
    const history = createHistoryStore(db);
    const catalogue = createCatalogue(
      TYPES.map((id) => ({ cloud: "aws", id, category: "other", billable: true, taggable: true })),
    );
    const policy = compilePolicy(
      parsePolicy(JSON.stringify(POLICY), { catalogue, atMs: NOW, sha256 }),
      catalogue,
    );
    const ask = createGetViolationHistory({ history, catalogue, clock, keptDays: 400 });
    const year = {
      clouds: [],
      accounts: [],
      resourceTypes: [],
      tag: undefined,
      daysBack: 400,
      grouping: "day",
      includeAdHoc: false,
    } as const;
    const accounts = Array.from({ length: 10 }, (_, at) => accountOf(at));
    const drift = driftQuestion(db, inventory, policy);
    const { tally } = await drift();
    return {
      resources,
      snapshots: DAYS,
      changes_found: tally.total,
      bytes_per_snapshot: await bytesPerSnapshot(db),
      ...(await timed("year", () => ask(year))),
      ...(await timed("year_of_10_accounts", () => ask({ ...year, accounts }))),
      ...(await timed("year_of_2_types", () => ask({ ...year, resourceTypes: TYPES.slice(0, 2) }))),
      ...(await timed("year_of_a_tag", () => ask({ ...year, tag: "Team" }))),
      ...(await timed("drift", drift)),
    };
  } finally {
    await inventory.close();
  }
}

/** Drift between the last two of the year's snapshots. */
function driftQuestion(
  db: Kysely<Database>,
  inventory: InventoryStore,
  policy: CompiledPolicy,
): () => ReturnType<DetectTagDrift> {
  const detect = createDetectTagDrift({
    inventory,
    history: createHistoryStore(db),
    ensureFresh: () => Promise.reject(new Error("A named later end needs no scan.")),
    narrow: () => ({ scope: EVERYTHING, perCloud: new Map() }),
    policy: () => Promise.resolve(policy),
    changeLog: null,
    clock: { now: () => NOW },
    keptDays: 400,
  });
  return () =>
    detect({
      ...EVERYTHING,
      baseline: `scan_${DAYS - 2}`,
      until: `scan_${DAYS - 1}`,
      severities: [],
      tag: undefined,
      includeActor: false,
      maxAgeMinutes: 60,
      refresh: false,
      storeSnapshot: false,
      limit: 20,
      cursor: undefined,
      signal: new AbortController().signal,
    });
}

function accountOf(at: number): string {
  return String(100_000_000_000 + at);
}

type Trx = Transaction<Database>;

/** What a day's snapshot of these accounts and types takes on disk, indexes included. */
async function bytesPerSnapshot(db: Kysely<Database>): Promise<number> {
  const tables = ["snapshots", "snapshot_counts", "snapshot_findings"];
  const sizes = isPostgres(db)
    ? await sql<{ bytes: number }>`select sum(pg_total_relation_size(oid)) as bytes from pg_class
        where relname in (${sql.join(tables)})`.execute(db)
    : await sql<{ bytes: number }>`select sum(pgsize) as bytes from dbstat where name in (
        select name from sqlite_master where tbl_name in (${sql.join(tables)}))`.execute(db);
  return Math.round((sizes.rows[0]?.bytes ?? 0) / DAYS);
}

function isPostgres(db: Kysely<Database>): boolean {
  return db.getExecutor().adapter.constructor.name.includes("Postgres");
}

async function fill(db: Kysely<Database>, resources: number): Promise<void> {
  const places = placeRows(resources);
  await db.transaction().execute(async (trx) => {
    await inserted(places, (rows) => trx.insertInto("places").values(rows).execute());
    // Rows are made by the database itself: a million of them pass through no process.
    await sql`insert into resources (no, cloud, resource_key, place_id, tags, verdict, state, first_seen_at, last_seen_at, last_scan_no)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(resources)})
      select i, 'aws', 'i-' || i, 1 + i % ${sql.lit(places.length)}, '[["CostCenter","CC-1"],["Name","workload"],["Team","a"]]', 'compliant', 's', ${sql.lit(START)}, ${sql.lit(NOW)}, ${sql.lit(DAYS)}
      from n`.execute(trx);
    for (let day = 0; day < DAYS; day += 1) await fillDay(trx, day, resources);
    for (const day of [DAYS - 1, DAYS]) {
      const cells = places.map(({ cloud, account, region, type_key, resource_type }) => ({
        scan_no: day,
        cloud,
        account,
        region,
        type_key,
        resource_type,
        status: "complete" as const,
        reason: null,
        resources: 1,
      }));
      await inserted(cells, (rows) => trx.insertInto("scan_cells").values(rows).execute());
    }
    const changes = changeRows(resources, places.length);
    await inserted(changes, (rows) => trx.insertInto("resource_changes").values(rows).execute());
  });
}

async function inserted<Row>(
  rows: readonly Row[],
  into: (some: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) await into(rows.slice(from, from + 500));
}

function placeRows(resources: number): readonly Database["places"][] {
  const places = ACCOUNTS * REGIONS.length * TYPES.length;
  return Array.from({ length: places }, (_, at) => ({
    id: at + 1,
    cloud: "aws",
    account: accountOf(Math.floor(at / (REGIONS.length * TYPES.length))),
    region: REGIONS[Math.floor(at / TYPES.length) % REGIONS.length] ?? "",
    type_key: TYPES[at % TYPES.length] ?? "",
    resource_type: TYPES[at % TYPES.length] ?? "",
    compliant: Math.round(resources / places),
    non_compliant: 0,
    exempt: 0,
    unknown: 0,
    out_of_scope: 0,
    errors: 0,
    warnings: 0,
    violation_rows: 0,
  }));
}

async function fillDay(trx: Trx, day: number, resources: number): Promise<void> {
  const at = START + day * MS_PER_DAY;
  const no = day + 1;
  const scan = {
    scope: JSON.stringify(EVERYTHING),
    status: "complete" as const,
    started_at: at,
    finished_at: at + 60_000,
    policy_hash: "p",
  };
  const own = { id: `scan_${day}`, scope_key: "*", snapshot: 2, owner: "o", heartbeat_at: at };
  await trx
    .insertInto("scans")
    .values({ no, ...own, ...scan })
    .execute();
  const cells = { cells_total: 1, cells_complete: 1 };
  await trx
    .insertInto("snapshots")
    .values({ scan_no: no, scan_id: own.id, kind: "scheduled", ...cells, ...scan })
    .execute();
  const changeNo = no === DAYS ? CHANGES : 0;
  await trx
    .insertInto("scan_marks")
    .values({ scan_no: no, change_no: changeNo, resource_no: resources, at: at + 60_000 })
    .execute();
  await inserted(countRows(day), (rows) =>
    trx.insertInto("snapshot_counts").values(rows).execute(),
  );
  const finding = { cloud: "aws", tag: "Team", kind: "missing_required_tag" } as const;
  await trx
    .insertInto("snapshot_findings")
    .values({ scan_no: no, ...finding, severity: "error", count: 10 })
    .execute();
}

function changeRows(resources: number, places: number): readonly Database["resource_changes"][] {
  return Array.from({ length: CHANGES }, (_, at) => {
    const resourceNo = 1 + at * Math.floor(resources / CHANGES);
    return {
      no: at + 1,
      resource_no: resourceNo,
      place_id: 1 + (resourceNo % places),
      kind: "tag_changed",
      tag_key: "Team",
      old_value: at % 2 === 0 ? "b" : "x",
      new_value: "a",
      after_at: NOW - MS_PER_DAY,
      seen_at: NOW,
      scan_no: DAYS,
    };
  });
}

function countRows(day: number): readonly Database["snapshot_counts"][] {
  const row = (
    dimension: Database["snapshot_counts"]["dimension"],
    account: string,
    type_key: string,
  ) => ({
    dimension,
    cloud: dimension === "total" ? ("" as const) : ("aws" as const),
    account,
    type_key,
    scan_no: day + 1,
    compliant: 900 - (day % 7),
    non_compliant: 100,
    exempt: 0,
    unknown: 0,
    out_of_scope: 0,
    errors: 120,
    warnings: 5,
  });
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => accountOf(at));
  return [
    row("total", "", ""),
    row("cloud", "", ""),
    ...accounts.map((account) => row("account", account, "")),
    ...TYPES.map((type) => row("type", "", type)),
  ];
}

/** Times by the clock, and what all threads of this process computed: the second on a busy machine too. */
async function timed(
  name: string,
  question: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const runsMs: number[] = [];
  await question();
  const cpuBefore = process.cpuUsage();
  for (let index = 0; index < RUNS; index += 1) {
    const startedAt = performance.now();
    await question();
    runsMs.push(performance.now() - startedAt);
  }
  const cpu = process.cpuUsage(cpuBefore);
  const sorted = runsMs.toSorted((a, b) => a - b);
  const rounded = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    [`${name}_p50_ms`]: rounded(sorted[Math.floor(RUNS * 0.5)] ?? 0),
    [`${name}_p95_ms`]: rounded(sorted[Math.floor(RUNS * 0.95)] ?? 0),
    [`${name}_cpu_ms`]: rounded((cpu.user + cpu.system) / 1000 / RUNS),
  };
}
