import { type Kysely, sql } from "kysely";
import { createCheckCompliance } from "../src/app/check-compliance.ts";
import { createSpend } from "../src/app/cost/spend.ts";
import { createFindUntagged, type FindUntaggedRequest } from "../src/app/find-untagged.ts";
import type { EnsureFreshInventory } from "../src/app/fresh-inventory.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";
import { EVERYTHING, type Scope } from "../src/domain/scan/scope.ts";
import { createCostStore } from "../src/storage/costs/index.ts";
import { weigh } from "../src/storage/costs/weights.ts";
import { createInventoryStore } from "../src/storage/inventory.ts";
import { createUntaggedCosts } from "../src/storage/inventory/untagged-costs.ts";
import { createUntaggedResources } from "../src/storage/inventory/untagged.ts";
import type { Database } from "../src/storage/schema.ts";
import { type Measured, onEngine, type StoreOptions } from "./storage/on-engine.ts";

const RUNS = 20;
const PLACES = 1000;
const TYPE = "ec2:instance";
const NOW = Date.UTC(2026, 10, 15);
const catalogue = createCatalogue([
  { cloud: "aws", id: TYPE, category: "other", billable: true, taggable: true },
]);

/**
 * Asks what untagged resources cost, and for the score by cost, of `--resources` (default 1,000,000)
 * resources of which two in five lack tags, with a bill that names nine in ten of them and as many
 * resources again, a tenth of that, that nobody knows. `first` is the first question after a scan and an
 * import, `restarted` the first of another process; the others are of calls that follow.
 */
export async function run(options: StoreOptions = {}): Promise<Measured> {
  return onEngine(options, measure);
}

async function measure(db: Kysely<Database>, resources: number): Promise<Measured> {
  try {
    await fill(db, resources);
    const first = questions(db);
    const figures = {
      resources,
      // Done where a bill is imported.
      weighing_ms: await msOf(() => weigh(db, [], "2026-10")),
      first_default_ms: await msOf(() => first.untagged({})),
      first_check_ms: await msOf(() => first.check({})),
    };
    const again = questions(db);
    const account = [accountOf(7)];
    return {
      ...figures,
      restarted_default_ms: await msOf(() => again.untagged({})),
      restarted_check_ms: await msOf(() => again.check({})),
      first_threshold_ms: await msOf(() => again.untagged({ minCostThreshold: 90 })),
      first_low_threshold_ms: await msOf(() => again.untagged({ minCostThreshold: 0.01 })),
      ...(await timed("default", () => again.untagged({}))),
      ...(await timed("threshold", () => again.untagged({ minCostThreshold: 90 }))),
      ...(await timed("low_threshold", () => again.untagged({ minCostThreshold: 0.01 }))),
      ...(await timed("one_account", () => again.untagged({ accounts: account }))),
      ...(await timed("one_account_threshold", () =>
        again.untagged({ accounts: account, minCostThreshold: 50 }),
      )),
      ...(await timed("check", () => again.check({}))),
    };
  } finally {
    await db.destroy();
  }
}

/** The two use cases as a process has them that was just started. */
function questions(db: Kysely<Database>) {
  const clock = { now: () => NOW };
  const inventory = createInventoryStore(db, { clock });
  const spend = createSpend(createCostStore(db, clock), clock);
  const ensureFresh: EnsureFreshInventory = async ({ accounts }) => {
    const scope: Scope = { ...EVERYTHING, clouds: ["aws"], accounts };
    const scan = {
      id: "scan_1",
      scope,
      status: "complete" as const,
      startedAt: NOW,
      finishedAt: NOW,
      policyHash: "p",
      snapshot: false,
    };
    const narrowed = { scope, perCloud: new Map() };
    return { narrowed, scan, scanned: false, refreshing: false };
  };
  const untagged = createFindUntagged({
    inventory,
    untagged: createUntaggedResources(db),
    untaggedCosts: createUntaggedCosts(db),
    spend,
    ensureFresh,
    catalogue,
    clock,
  });
  const check = createCheckCompliance({ inventory, ensureFresh, spend });
  const anyone = {
    ...EVERYTHING,
    maxAgeMinutes: undefined,
    refresh: false,
    limit: 20,
    cursor: undefined,
    signal: new AbortController().signal,
  };
  return {
    untagged: (ask: Partial<FindUntaggedRequest>) =>
      untagged({ ...anyone, gaps: [], minCostThreshold: undefined, ...ask }),
    check: (ask: { readonly accounts?: readonly string[] }) =>
      check({ ...anyone, severity: "all", storeSnapshot: false, ...ask }),
  };
}

function accountOf(at: number): string {
  return String(100_000_000_000 + at);
}

/** Rows are made by the database itself: a million of them pass through no process. */
async function fill(db: Kysely<Database>, resources: number): Promise<void> {
  const rows = sql.lit(resources);
  const each = sql.lit(Math.ceil(resources / PLACES / 5));
  await db.transaction().execute(async (trx) => {
    await sql`insert into places (id, cloud, account, region, type_key, resource_type, compliant, non_compliant, errors)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(PLACES)})
      select i, 'aws', cast(100000000000 + i / 5 as text), 'region-' || (i % 5), ${sql.lit(TYPE)}, ${sql.lit(TYPE)}, 3 * ${each}, 2 * ${each}, 2 * ${each}
      from n`.execute(trx);
    await sql`insert into place_gaps (place_id, gap, count)
      select id, 1, ${each} from places union all select id, 4, ${each} from places`.execute(trx);
    await sql`insert into findings (id, digest, kind, tag, severity, expected, rule)
      values (1, 'd', 'missing_required_tag', 'Owner', 'error', 'a value', 'r')`.execute(trx);
    await sql`insert into resources (no, cloud, resource_key, place_id, tags, verdict, state, first_seen_at, last_seen_at, last_scan_no, had_tags, gap)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
      select i, 'aws', 'arn:aws:ec2:eu-west-1:111111111111:instance/i-' || i, 1 + i / 5 % ${sql.lit(PLACES)},
        case i % 5 when 0 then '[]' else '[["Name","workload"],["Team","a"]]' end,
        case when i % 5 < 2 then 'non_compliant' else 'compliant' end, 's', 0, 0, 1, 1,
        case i % 5 when 0 then 1 when 1 then 4 else null end
      from n`.execute(trx);
    await sql`insert into violations (id, resource_no, finding_id)
      select no, no, 1 from resources where gap is not null`.execute(trx);
    await fillBill(trx, resources);
  });
}

async function fillBill(trx: Kysely<Database>, resources: number): Promise<void> {
  await sql`insert into cost_bills (no, source, cloud, month, method, state, stored_at, lines, lines_left_out, keys)
    values (1, 'default', 'aws', '2026-10', 'cur', 'current', 0, ${sql.lit(resources)}, 0, '[]')`.execute(
    trx,
  );
  await sql`insert into cost_places (id, cloud, account, region, service, resource_type)
    values (1, 'aws', '100000000001', 'region-1', 'AmazonEC2', ${sql.lit(TYPE)})`.execute(trx);
  await sql`insert into cost_tag_sets (id, tags) values (1, '[]')`.execute(trx);
  // A tenth of the resources is not billed; as many are billed and not known.
  await sql`insert into cost_lines (bill_no, place_id, tags_id, charge, has_resource, resource_key, currency, effective, lines)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(resources)})
    select 1, 1, 1, 'usage', 1,
      'arn:aws:ec2:eu-west-1:111111111111:instance/' || case i % 10 when 3 then 'gone-' else 'i-' end || i, 'USD',
      (cast(i as bigint) * 7919) % 100000000, 1
    from n`.execute(trx);
}

async function msOf(question: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await question();
  return Math.round(performance.now() - startedAt);
}

async function timed(
  name: string,
  question: () => Promise<unknown>,
): Promise<Record<string, number>> {
  await question();
  const runsMs: number[] = [];
  for (let index = 0; index < RUNS; index += 1) runsMs.push(await msOf(question));
  const sorted = runsMs.toSorted((a, b) => a - b);
  return {
    [`${name}_p50_ms`]: sorted[Math.floor(RUNS * 0.5)] ?? 0,
    [`${name}_p95_ms`]: sorted[Math.floor(RUNS * 0.95)] ?? 0,
  };
}
