import type { Violation } from "../../domain/compliance/violation.ts";
import type { InheritedTag, Resource, Tag } from "../../domain/resource.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";

/**
 * Scan work as one text, which is copied between threads many times faster than a million small objects.
 * What rows share (where they are, which rule they break) is said once, and members have no names.
 */
export function packWork({ jobs, ...work }: ScanWork): string {
  const places = new Shared<Place>();
  const findings = new Shared<Finding>();
  const packRow = (row: JudgedResource): PackedRow => packed(row, places, findings);
  const packedJobs = jobs.map((job): PackedJob => {
    if (job.kind === "page") return { ...job, page: job.page.map(packRow) };
    return job.kind === "end_cell" ? { ...job, rest: job.rest.map(packRow) } : job;
  });
  const text: PackedWork = {
    ...work,
    jobs: packedJobs,
    places: places.values,
    findings: findings.values,
  };
  return JSON.stringify(text);
}

/** The work that was packed. */
export function unpackWork(text: string): ScanWork {
  const { jobs, places, findings, ...work }: PackedWork = JSON.parse(text);
  const rows = (some: readonly PackedRow[]): readonly JudgedResource[] =>
    some.map((row) => unpacked(row, places, findings));
  const unpackJob = (job: PackedJob): ScanJob => {
    if (job.kind === "page") return { ...job, page: rows(job.page) };
    return job.kind === "end_cell" ? { ...job, rest: rows(job.rest) } : job;
  };
  return { ...work, jobs: jobs.map(unpackJob) };
}

type Place = Pick<Resource, "cloud" | "account" | "region" | "type">;
type Finding = Omit<Violation, "actual" | "suggestion">;

/** Of inherited tags and violations three values each, of tags two, laid end to end. */
type PackedRow = readonly [
  id: string,
  place: number,
  tags: readonly string[] | null,
  createdAt: string | null,
  verdict: JudgedResource["judgement"]["verdict"],
  violations: readonly (number | string | null)[],
  hadTags?: 0 | 1,
  inherited?: readonly string[] | null,
];

type Packed<Job> = Job extends { readonly page: unknown }
  ? Omit<Job, "page"> & { readonly page: readonly PackedRow[] }
  : Job extends { readonly rest: unknown }
    ? Omit<Job, "rest"> & { readonly rest: readonly PackedRow[] }
    : Job;
type PackedJob = Packed<ScanJob>;

interface PackedWork extends Omit<ScanWork, "jobs"> {
  readonly jobs: readonly PackedJob[];
  readonly places: readonly Place[];
  readonly findings: readonly Finding[];
}

/** Values by the number of their first occurrence. */
class Shared<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();

  /** @param make the value, asked for once a key. */
  number(key: string, make: () => Value): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.values.length);
    return this.values.push(make()) - 1;
  }
}

function packed(
  { resource, judgement }: JudgedResource,
  places: Shared<Place>,
  findings: Shared<Finding>,
): PackedRow {
  const { cloud, account, region, type, id, tags, createdAt, hadTags, inheritedTags } = resource;
  const place = places.number(`${cloud}\n${account}\n${region}\n${type}`, () => ({
    cloud,
    account,
    region,
    type,
  }));
  const violations = judgement.violations.flatMap(({ actual, suggestion, ...finding }) => {
    const { kind, tag, severity, expected, rule } = finding;
    const key = `${kind}\n${tag}\n${severity}\n${rule}\n${expected}`;
    return [findings.number(key, () => finding), actual, suggestion];
  });
  const row = [id, place, tags === null ? null : flat(tags), createdAt, judgement.verdict] as const;
  if (hadTags === undefined && inheritedTags === undefined) return [...row, violations];
  const inherited = inheritedTags?.flatMap(({ key, value, from }) => [key, value, from]) ?? null;
  return [...row, violations, hadTags === true ? 1 : 0, inherited];
}

function flat(tags: readonly Tag[]): readonly string[] {
  const values: string[] = [];
  for (const { key, value } of tags) values.push(key, value);
  return values;
}

function unpacked(
  [id, placeNo, tags, createdAt, verdict, flatViolations, hadTags, inherited]: PackedRow,
  places: readonly Place[],
  findings: readonly Finding[],
): JudgedResource {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that `packed` gave it
  const { cloud, account, region, type } = places[placeNo] as Place;
  const violations: Violation[] = [];
  for (let at = 0; at < flatViolations.length; at += 3) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    const finding = findings[flatViolations[at] as number] as Finding;
    const [actual, suggestion] = [flatViolations[at + 1], flatViolations[at + 2]].map(textOrNull);
    violations.push({ ...finding, actual: actual ?? null, suggestion: suggestion ?? null });
  }
  const resource: Resource = {
    cloud,
    account,
    region,
    type,
    id,
    tags: tags === null ? null : tagsOf(tags),
    createdAt,
    ...(hadTags === 1 ? { hadTags: true as const } : {}),
    ...(inherited === undefined || inherited === null
      ? {}
      : { inheritedTags: inheritedOf(inherited) }),
  };
  return { resource, judgement: { verdict, violations } };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function tagsOf(values: readonly string[]): readonly Tag[] {
  const tags: Tag[] = [];
  for (let at = 0; at < values.length; at += 2)
    tags.push({ key: values[at] ?? "", value: values[at + 1] ?? "" });
  return tags;
}

function inheritedOf(values: readonly string[]): readonly InheritedTag[] {
  const tags: InheritedTag[] = [];
  for (let at = 0; at < values.length; at += 3)
    tags.push({ key: values[at] ?? "", value: values[at + 1] ?? "", from: values[at + 2] ?? "" });
  return tags;
}
