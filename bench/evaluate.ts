import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sha256 } from "../src/app/policy/sha256.ts";
import type { Cloud } from "../src/domain/cloud.ts";
import type { Judge } from "../src/domain/compliance/violation.ts";
import { compilePolicy } from "../src/domain/policy/compile.ts";
import { parsePolicy } from "../src/domain/policy/parse.ts";
import type { Resource, Tag } from "../src/domain/resource.ts";
import { createCatalogue } from "../src/domain/resource-type.ts";

/**
 * How fast resources are judged on one core. The population is seeded and mixed (about half of it
 * breaks a rule). It comes in pages, each freshly parsed from JSON as an adapter's are: no string was
 * ever seen before. Parsing is not timed. The `resident` figures judge the same resources again and
 * again, as a change of policy does with the stored inventory.
 */
const PAGES = 100;
/** As many as a page of AWS's tagging API holds. */
const PAGE_SIZE = 100;
const ROUNDS = 100;
/** Rounds before the clock starts and memory is first read: the code and the memos are warm then. */
const WARM_UP_ROUNDS = 5;
/** Share of the 45 further rules whose tag a resource carries: nine of them, as well as the five. */
const EXTRA_SHARE = 0.2;
const JUDGED = PAGES * PAGE_SIZE * ROUNDS;
const AT_MS = Date.UTC(2026, 0, 1);
const FIVE_TAGS = new URL("../policies/finops-five-tags.yaml", import.meta.url);

const TYPES = [
  { cloud: "aws", id: "ec2:instance", category: "virtual_machine" },
  { cloud: "aws", id: "s3:bucket", category: "object_storage" },
  { cloud: "aws", id: "rds:db", category: "database" },
  { cloud: "azure", id: "Microsoft.Compute/virtualMachines", category: "virtual_machine" },
  { cloud: "gcp", id: "compute.googleapis.com/Instance", category: "virtual_machine" },
] as const;

const catalogue = createCatalogue(
  TYPES.map((type) => ({ ...type, billable: true, taggable: true })),
);

/** Throughput under two policies, and the growth of memory while judging. */
export async function run(): Promise<Record<string, number | string>> {
  const five = await measure(compile(readFileSync(FIVE_TAGS, "utf8")), population(FIVE_KEYS, []));
  const fifty = await measure(compile(fiftyRules()), population(FIVE_KEYS, extraKeys(45)));
  return {
    resources: JUDGED,
    default_policy_resources_per_second: five.perSecond,
    default_policy_resident_resources_per_second: five.residentPerSecond,
    default_policy_undisturbed_resources_per_second: five.undisturbedPerSecond,
    default_policy_non_compliant_share: five.brokenShare,
    fifty_rules_resources_per_second: fifty.perSecond,
    fifty_rules_resident_resources_per_second: fifty.residentPerSecond,
    fifty_rules_undisturbed_resources_per_second: fifty.undisturbedPerSecond,
    fifty_rules_non_compliant_share: fifty.brokenShare,
    heap_growth_mib: Math.max(five.heapGrowthMib, fifty.heapGrowthMib),
    rss_growth_mib: Math.max(five.rssGrowthMib, fifty.rssGrowthMib),
  };
}

interface Figures {
  readonly perSecond: number;
  /** Mean over resources that are in memory already: what judging alone costs. */
  readonly residentPerSecond: number;
  /** Each page in its fastest round: what one core does while nobody else has it. */
  readonly undisturbedPerSecond: number;
  readonly brokenShare: number;
  readonly heapGrowthMib: number;
  readonly rssGrowthMib: number;
}

async function measure(judge: Judge, pages: readonly string[]): Promise<Figures> {
  for (let at = 0; at < WARM_UP_ROUNDS; at += 1) await judgeRound(judge, pages);
  collectGarbage();
  const before = process.memoryUsage();
  const rounds: Round[] = [];
  for (let at = 0; at < ROUNDS; at += 1) rounds.push(await judgeRound(judge, pages));
  collectGarbage();
  const after = process.memoryUsage();
  const wallMs = sum(rounds.flatMap(({ pageMs }) => pageMs));
  const fastestMs = sum(
    pages.map((_, page) => Math.min(...rounds.map(({ pageMs }) => pageMs[page] ?? 0))),
  );
  return {
    perSecond: Math.round((JUDGED * 1000) / wallMs),
    residentPerSecond: residentPerSecond(judge, pages),
    undisturbedPerSecond: Math.round((PAGES * PAGE_SIZE * 1000) / fastestMs),
    brokenShare: Math.round((100 * sum(rounds.map(({ broken }) => broken))) / JUDGED) / 100,
    heapGrowthMib: mebibytes(after.heapUsed - before.heapUsed),
    rssGrowthMib: mebibytes(after.rss - before.rss),
  };
}

function residentPerSecond(judge: Judge, pages: readonly string[]): number {
  const resources = pages.flatMap((page): readonly Resource[] => JSON.parse(page));
  judgeAll(judge, resources);
  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) judgeAll(judge, resources);
  return Math.round((JUDGED * 1000) / (performance.now() - startMs));
}

interface Round {
  readonly broken: number;
  readonly pageMs: readonly number[];
}

async function judgeRound(judge: Judge, pages: readonly string[]): Promise<Round> {
  let broken = 0;
  const pageMs = pages.map((page) => {
    const resources: readonly Resource[] = JSON.parse(page);
    const startMs = performance.now();
    broken += judgeAll(judge, resources);
    return performance.now() - startMs;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { broken, pageMs };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Garbage is not growth. The collector is only reachable through a flag, set here for this process. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

function judgeAll(judge: Judge, resources: readonly Resource[]): number {
  let broken = 0;
  for (const resource of resources) {
    if (judge.judge(resource, AT_MS).verdict === "non_compliant") broken += 1;
  }
  return broken;
}

const mebibytes = (bytes: number): number => Math.round((10 * bytes) / 1_048_576) / 10;

function compile(text: string): Judge {
  return compilePolicy(parsePolicy(text, { catalogue, atMs: AT_MS, sha256 }), catalogue);
}

/** The five tags, and 45 more rules of every form. */
function fiftyRules(): string {
  const five = readFileSync(FIVE_TAGS, "utf8");
  const extra = extraKeys(45).map((key, index) => {
    if (index % 3 === 0) return `  - { name: ${key.name}, allowed_values: [low, medium, high] }`;
    if (index % 3 === 1) return `  - { name: ${key.name}, validation_regex: "[a-z]+" }`;
    return `  - { name: ${key.name}, aliases: [${key.name}-alias], when: { tag: Environment, in: [production] } }`;
  });
  return five.replace(
    "tag_naming_rules:",
    `optional_tags:\n${extra.join("\n")}\ntag_naming_rules:`,
  );
}

interface Key {
  readonly name: string;
  readonly gcp: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const FIVE_KEYS: readonly Key[] = [
  values(
    "CostCenter",
    "cost_center",
    Array.from({ length: 200 }, (_, at) => `eng-${1000 + at}`),
    ["tbd"],
  ),
  values(
    "Owner",
    "owner",
    Array.from({ length: 300 }, (_, at) => `team-${at}`),
    [""],
  ),
  values(
    "Environment",
    "environment",
    ["production", "staging", "development", "test"],
    ["producton"],
  ),
  values(
    "Application",
    "application",
    Array.from({ length: 500 }, (_, at) => `app-${at}`),
    [" "],
  ),
  values(
    "Project",
    "project",
    Array.from({ length: 400 }, (_, at) => `project-${at}`),
    [""],
  ),
];

function extraKeys(count: number): readonly Key[] {
  return Array.from({ length: count }, (_, at) =>
    values(
      `Extra${at}x`,
      `extra${at}x`,
      at % 3 === 0 ? ["low", "medium", "high"] : ["abc", "def"],
      ["Q1"],
    ),
  );
}

function values(name: string, gcp: string, good: readonly string[], bad: readonly string[]): Key {
  return { name, gcp, good, bad };
}

function population(keys: readonly Key[], extra: readonly Key[]): readonly string[] {
  const random = mulberry32(20_260_101);
  const some = (): readonly Key[] => extra.filter(() => random() < EXTRA_SHARE);
  return Array.from({ length: PAGES }, (_, page) =>
    JSON.stringify(
      Array.from({ length: PAGE_SIZE }, (__, at) =>
        makeResource(page * PAGE_SIZE + at, [...keys, ...some()], random),
      ),
    ),
  );
}

function makeResource(index: number, keys: readonly Key[], random: () => number): Resource {
  const type = TYPES[index % TYPES.length] ?? TYPES[0];
  const tags: Tag[] = keys.flatMap((one) => makeTag(one, type.cloud, random));
  // Every resource has a tag or two that no rule is about, one of them unique to it.
  tags.push({ key: type.cloud === "gcp" ? "name" : "Name", value: `host-${index}` });
  if (random() < 0.5) tags.push({ key: "backup", value: "daily" });
  return {
    cloud: type.cloud,
    account: String(100_000_000_000 + (index % 40)),
    region: "eu-central-1",
    type: type.id,
    id: `resource/${index}`,
    tags,
    createdAt: null,
  };
}

function makeTag(one: Key, cloud: Cloud, random: () => number): readonly Tag[] {
  const roll = random();
  if (roll < 0.06) return [];
  const choice = roll < 0.12 ? one.bad : one.good;
  const value = choice[Math.floor(random() * choice.length)] ?? "";
  return [{ key: cloud === "gcp" ? one.gcp : one.name, value }];
}

/** Small seeded generator: the population is the same on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
