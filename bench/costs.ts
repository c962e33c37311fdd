import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { createCostGap } from "../src/app/cost/cost-gap.ts";
import type { CostGroup } from "../src/domain/cost/cost-line.ts";
import { EVERYTHING } from "../src/domain/scan/scope.ts";
import { createCostStore } from "../src/storage/costs/index.ts";
import { createStoredTags } from "../src/storage/inventory/held-tags.ts";
import type { Database } from "../src/storage/schema.ts";
import { openSqlite } from "../src/storage/sqlite.ts";
import { activeKey, charge, POLICY } from "../test/cost/fixtures.ts";
import { pathRatio } from "../test/cost/path-quality.ts";
import { AT_MS, CATALOGUE } from "../test/policy/fixtures.ts";

const PAGE = 2000;

/**
 * A month of a bill of `--resources` (default 1,000,000) charges: storing it, answering for the gap
 * with parents from an inventory of all of it, and matching it with that, in seconds. And the steps of
 * the path over the fewest possible, found by trying every choice, on seeded estates.
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  const resources = Number(options["resources"] ?? 1_000_000);
  const folder = await mkdtemp(join(tmpdir(), "bench-costs-"));
  const clock = { now: () => AT_MS };
  const db = await openSqlite(join(folder, "costs.db"));
  try {
    const store = createCostStore(db, clock);
    const storing = await timed(async () => {
      const writer = await store.beginBill("default");
      for (let at = 0; at < resources; at += PAGE)
        await writer.save(
          Array.from({ length: Math.min(PAGE, resources - at) }, (_, n) => line(at + n)),
        );
      const keys = [activeKey("CostCenter"), activeKey("Owner"), activeKey("Lifecycle")];
      const facts = { method: "cur" as const, asOfMs: AT_MS, linesLeftOut: 0 };
      await writer.commit({ ...facts, keys: { aws: keys, azure: keys, gcp: keys } });
    });
    await fillInventory(db);
    const getCostGap = createCostGap({
      inventory: createStoredTags(db),
      providers: [],
      catalogue: CATALOGUE,
      sources: [],
      store,
      clock,
      policy: async () => POLICY,
      settings: { allocationTags: [], teamTag: undefined },
    });
    const gap = await timed(() =>
      getCostGap({
        clouds: [],
        accounts: [],
        period: "2026-10",
        groupBy: "account",
        tags: [],
        metric: "effective",
        target: 0.9,
        dryRun: false,
        refresh: false,
        signal: new AbortController().signal,
      }),
    );
    const matching = await timed(() => store.match(EVERYTHING, ["2026-10"]));
    const { estates, ratio } = pathRatio();
    return {
      resources,
      storing_s: storing,
      gap_s: gap,
      matching_s: matching,
      path_estates: estates,
      path_ratio: Math.round(ratio * 1e4) / 1e4,
    };
  } finally {
    await db.destroy();
    await rm(folder, { recursive: true });
  }
}

/** An inventory of what is billed; one in five stands in one of a thousand Auto Scaling groups. */
async function fillInventory(db: Kysely<Database>): Promise<void> {
  await sql`insert into resources (no, cloud, resource_key, place_id, tags, verdict, state, first_seen_at, last_seen_at, last_scan_no, had_tags)
    select row_number() over (), 'aws', resource_key, 1,
      case (rowid % 5) when 0 then '[["Name","web"],["aws:autoscaling:groupName","group-' || (effective % 1000) || '"]]' else '[["Name","web"]]' end,
      'compliant', 's', 0, 0, 1, 1
    from cost_lines`.execute(db);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs) / 1000;
}

function line(at: number): CostGroup {
  const tags = {
    CostCenter: ["Sales", "Engineering", "sales", ""][at % 4] ?? "",
    Owner: `team-${at % 97}`,
  };
  return charge(tags, {
    account: String(100_000_000_000 + (at % 300)),
    resourceId: `i-${at.toString(16).padStart(17, "0")}`,
    effectiveMicros: BigInt(at % 100_000),
  });
}
