import { randomUUID } from "node:crypto";
import { createFreshInventory } from "../../src/app/fresh-inventory.ts";
import { type Application, CATALOGUE } from "../../src/compose.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { Resource, Tag } from "../../src/domain/resource.ts";
import type { Cell } from "../../src/domain/scan/cell.ts";
import type { CloudProvider, PlannedCell } from "../../src/ports/cloud.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";

const ACCOUNTS = 200;
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"];
const TYPES_OF_AN_ACCOUNT = 5;
const PAGE = 500;
/** The longest that clouds allow: AWS tag values, and ids such as of Azure. */
const LONGEST_VALUE = 256;
const LONGEST_ID = 1000;
/** One resource in so many has an id and tags as long as they may be; the first of a place is one. */
const LONG_ONE_IN = 50;
const KEYS = 400;

const ids = CATALOGUE.all.filter(({ cloud }) => cloud === "aws").map(({ id }) => id);

function account(index: number): string {
  return String(100_000_000_000 + index);
}

/**
 * Every type in few accounts each, hundreds of tag keys in several spellings, and one account in twenty
 * that could not be read: whatever an answer might list, there is much of it.
 */
export function wideEstate(resources: number): CloudProvider {
  const cells: Cell[] = [];
  for (let a = 0; a < ACCOUNTS; a += 1)
    for (const [r, region] of REGIONS.entries())
      for (let t = 0; t < TYPES_OF_AN_ACCOUNT; t += 1)
        cells.push({
          cloud: "aws",
          account: account(a),
          region,
          resourceType: ids[(a * TYPES_OF_AN_ACCOUNT + r + t) % ids.length] ?? "",
        });
  const unique = [...new Map(cells.map((cell) => [Object.values(cell).join(" "), cell])).values()];
  const each = Math.ceil(resources / unique.length);
  return {
    cloud: "aws",
    resourceTypes: CATALOGUE.all.filter(({ cloud }) => cloud === "aws"),
    regions: REGIONS,
    inventory: {
      plan: async function* () {
        for (const [index, cell] of unique.entries()) yield planned(cell, index * each, each);
      },
    },
    locate: () => undefined,
    apiCalls: () => 0,
    close: () => Promise.resolve(),
  };
}

function planned(cell: Cell, from: number, count: number): PlannedCell {
  const unreadable = Number(cell.account) % 20 === 7;
  const read = async function* (): AsyncGenerator<readonly Resource[]> {
    if (unreadable) throw new AppError("cloud_denied", "The cloud refused.");
    for (let at = 0; at < count; at += PAGE)
      yield Array.from({ length: Math.min(PAGE, count - at) }, (_, n) =>
        made(cell, from + at + n, at + n),
      );
  };
  return { kind: "reader", reader: { cell, sees: "everything", read } };
}

/** @param nth number of the resource within its place */
function made(
  { cloud, account: owner, region, resourceType: type }: Cell,
  index: number,
  nth: number,
): Resource {
  const isLong = nth % LONG_ONE_IN === 0;
  const fill = (text: string, length: number): string => (isLong ? text.padEnd(length, "x") : text);
  const key = (name: string): string =>
    [name, name.toUpperCase(), name.toLowerCase()][index % 3] ?? name;
  const tags: Tag[] = [
    { key: `Key${index % KEYS}`, value: fill(`value ${index}`, LONGEST_VALUE) },
    { key: key("Environment"), value: fill(`produktion ${index % 1000}`, LONGEST_VALUE) },
  ];
  if (index % 3 !== 0)
    tags.push({ key: key("Owner"), value: fill(`Somebody ${index % 5000}`, LONGEST_VALUE) });
  if (index % 7 === 0) tags.length = 0;
  const [service, kind] = type.split(":");
  const id = fill(`arn:aws:${service}:${region}:${owner}:${kind}/r-${index}`, LONGEST_ID);
  return { cloud, account: owner, region, type, id, tags, createdAt: "2026-03-14T09:26:53.000Z" };
}

/** Ids of resources of `wideEstate`, long ones first. */
export async function someIds(app: Application, count: number): Promise<readonly string[]> {
  const { violations } = await app.checkCompliance({ ...STORED, limit: 5 * count });
  const all = [...new Set(violations.map(({ resourceId }) => resourceId))];
  return all.toSorted((a, b) => b.length - a.length).slice(0, count);
}

const STORED = {
  clouds: [],
  accounts: [],
  regions: [],
  resourceTypes: [],
  severity: "all",
  maxAgeMinutes: 600,
  refresh: false,
  storeSnapshot: false,
  cursor: undefined,
  signal: new AbortController().signal,
} as const;

/** Scans the estate into the store of an application that has not opened it yet, twice: a history of two. */
export async function fillStore(
  app: Application,
  database: string,
  resources: number,
): Promise<void> {
  const db = await openSqlite(database);
  const inventory = createInventoryStore(db, { clock: app.clock });
  const { ensureFresh, close } = createFreshInventory({
    providers: [wideEstate(resources)],
    inventory,
    catalogue: CATALOGUE,
    judge: app.currentPolicy,
    clock: app.clock,
    ids: { next: (prefix) => `${prefix}_${randomUUID()}` },
    logger: app.logger,
    cellConcurrency: 32,
  });
  await ensureFresh({ ...STORED, refresh: true, storeSnapshot: true });
  await close();
  await inventory.close();
}
