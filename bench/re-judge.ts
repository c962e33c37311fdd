import { type Kysely, sql } from "kysely";
import { sha256 } from "../src/app/policy/sha256.ts";
import { reJudge } from "../src/app/re-judge.ts";
import { compilePolicy } from "../src/domain/policy/compile.ts";
import { parsePolicy } from "../src/domain/policy/parse.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import { createReJudgeStore } from "../src/storage/re-judge/index.ts";
import type { Database } from "../src/storage/schema.ts";
import { type Measured, onEngine, type StoreOptions } from "./storage/on-engine.ts";

const PLACES = 1000;
const TYPE = "ec2:instance";
const clock = { now: () => Date.now() };
const catalogue = createCatalogue([
  { cloud: "aws", id: TYPE, category: "other", billable: true, taggable: true },
]);
const MIB = 1024 * 1024;

/**
 * Judges a stored inventory by another policy, then by one more: the first makes a violation for every
 * resource, the second changes every one of them. Half of the resources have other tags than the rest.
 */
export async function run(options: StoreOptions = {}): Promise<Measured> {
  return onEngine(options, measure);
}

async function measure(db: Kysely<Database>, resources: number): Promise<Measured> {
  const inventory = createInventoryStore(db, { clock });
  try {
    await fill(db, resources);
    const first = await timed(db, inventory, "Owner");
    const second = await timed(db, inventory, "CostCenter");
    return { resources, places: PLACES, ...named("first", first), ...named("second", second) };
  } finally {
    await inventory.close();
  }
}

function named(name: string, figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [`${name}_${key}`, value]),
  );
}

async function timed(
  db: Kysely<Database>,
  inventory: ReturnType<typeof createInventoryStore>,
  tag: string,
): Promise<Record<string, number>> {
  const text = JSON.stringify({ version: "2.0", required_tags: [{ name: tag }] });
  const policy = compilePolicy(parsePolicy(text, { catalogue, atMs: 0, sha256 }), catalogue);
  let mostRss = 0;
  const timer = setInterval(() => {
    mostRss = Math.max(mostRss, process.memoryUsage().rss);
  }, 100);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const deps = {
    reJudge: createReJudgeStore(db, clock),
    inventory,
    clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  };
  await reJudge(deps, policy, new AbortController().signal);
  clearInterval(timer);
  const used = process.cpuUsage(cpu);
  return {
    seconds: Math.round(performance.now() - startedAt) / 1000,
    cpu_seconds: Math.round((used.user + used.system) / 1000) / 1000,
    peak_rss_mib: Math.round(mostRss / MIB),
  };
}

/** Rows are made by the database itself: a million of them pass through no process. */
async function fill(db: Kysely<Database>, resources: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`insert into places (id, cloud, account, region, type_key, resource_type, compliant)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(PLACES)})
      select i, 'aws', cast(100000000000 + i as text), 'eu-west-1', ${sql.lit(TYPE)}, ${sql.lit(TYPE)}, ${sql.lit(Math.ceil(resources / PLACES))}
      from n`.execute(trx);
    await sql`insert into resources (no, cloud, resource_key, place_id, tags, verdict, state, first_seen_at, last_seen_at, last_scan_no, had_tags)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(resources)})
      select i, 'aws', 'arn:aws:ec2:eu-west-1:111111111111:instance/i-' || i, 1 + i % ${sql.lit(PLACES)},
        case when i % 2 = 0 then '[["Name","workload"],["Team","a"]]' else '[["Stage","test"],["Team","b"]]' end,
        'compliant', 's', 0, 0, 1, 1
      from n`.execute(trx);
  });
}
