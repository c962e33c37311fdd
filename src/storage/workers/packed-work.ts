import type { Violation } from "../../domain/compliance/violation.ts";
import type { InheritedTag, Resource, Tag } from "../../domain/resource.ts";
import type { JudgedResource } from "../../ports/inventory.ts";
import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";
import type { PlaceName, SeenRow } from "../inventory/seen-row.ts";

/**
 * Scan work as one text, which is copied between threads many times faster than a million small objects.
 * What rows share (where they are, which rule they break) is said once, and members have no names. The
 * first line says what is needed of every row; a line for each row says the rest, and is read only where
 * the row says something new. JSON has no line breaks.
 */
export function packWork({ jobs, ...work }: ScanWork): string {
  const places = new Shared<PlaceName>();
  const findings = new Shared<Finding>();
  const lines: string[] = [];
  const packedJobs = jobs.map((job): PackedJob => {
    if (job.kind === "finish") return job;
    const rows: (string | number)[] = [];
    for (const { key, state, place, judged } of job.rows) {
      rows.push(key, state, places.number(place, () => place));
      lines.push(JSON.stringify(packed(judged, findings)));
    }
    return { ...job, rows };
  });
  const head: PackedWork = {
    ...work,
    jobs: packedJobs,
    places: places.values,
    findings: findings.values,
  };
  return [JSON.stringify(head), ...lines].join("\n");
}

/** The work that was packed. */
export function unpackWork(text: string): ScanWork {
  const [head = "", ...lines] = text.split("\n");
  const { jobs, places, findings, ...work }: PackedWork = JSON.parse(head);
  let line = 0;
  const unpackRows = (members: readonly (string | number)[]): readonly SeenRow[] => {
    const rows: SeenRow[] = [];
    for (let at = 0; at < members.length; at += MEMBERS) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `packWork` laid them
      const [key, state, place] = members.slice(at, at + MEMBERS) as [string, string, number];
      rows.push(
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that it gave it
        new UnpackedRow({ key, state, place: places[place] as PlaceName }, lines[line], findings),
      );
      line += 1;
    }
    return rows;
  };
  const unpackJob = (job: PackedJob): ScanJob =>
    job.kind === "finish" ? job : { ...job, rows: unpackRows(job.rows) };
  return { ...work, jobs: jobs.map(unpackJob) };
}

/** Values of a row that lie end to end in the first line: key, state, number of the place. */
const MEMBERS = 3;

class UnpackedRow implements SeenRow {
  readonly key: string;
  readonly state: string;
  readonly place: PlaceName;
  readonly #line: string;
  readonly #findings: readonly Finding[];

  constructor(
    { key, state, place }: Omit<SeenRow, "judged">,
    line: string | undefined,
    findings: readonly Finding[],
  ) {
    this.key = key;
    this.state = state;
    this.place = place;
    this.#line = line ?? "";
    this.#findings = findings;
  }

  get judged(): JudgedResource {
    return unpacked(JSON.parse(this.#line), this.place, this.#findings);
  }
}

type Finding = Omit<Violation, "actual" | "suggestion">;

/** Of inherited tags and violations three values each, of tags two, laid end to end. */
type PackedRow = readonly [
  id: string,
  tags: readonly string[] | null,
  createdAt: string | null,
  verdict: JudgedResource["judgement"]["verdict"],
  violations: readonly (number | string | null)[],
  hadTags?: 0 | 1,
  inherited?: readonly string[] | null,
];

type Packed<Job> = Job extends { readonly rows: unknown }
  ? Omit<Job, "rows"> & { readonly rows: readonly (string | number)[] }
  : Job;
type PackedJob = Packed<ScanJob>;

interface PackedWork extends Omit<ScanWork, "jobs"> {
  readonly jobs: readonly PackedJob[];
  readonly places: readonly PlaceName[];
  readonly findings: readonly Finding[];
}

/** Values by the number of their first occurrence. */
class Shared<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<unknown, number>();

  /** @param make the value, asked for once a key. */
  number(key: unknown, make: () => Value): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.values.length);
    return this.values.push(make()) - 1;
  }
}

function packed(
  { resource, judgement }: JudgedResource,
  findings: Shared<Finding>,
): PackedRow {
  const { id, tags, createdAt, hadTags, inheritedTags } = resource;
  const violations = judgement.violations.flatMap(({ actual, suggestion, ...finding }) => {
    const { kind, tag, severity, expected, rule } = finding;
    const key = `${kind}\n${tag}\n${severity}\n${rule}\n${expected}`;
    return [findings.number(key, () => finding), actual, suggestion];
  });
  const row = [id, tags === null ? null : flat(tags), createdAt, judgement.verdict] as const;
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
  [id, tags, createdAt, verdict, flatViolations, hadTags, inherited]: PackedRow,
  place: PlaceName,
  findings: readonly Finding[],
): JudgedResource {
  const violations: Violation[] = [];
  for (let at = 0; at < flatViolations.length; at += 3) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that `packed` gave it
    const finding = findings[flatViolations[at] as number] as Finding;
    const [actual, suggestion] = [flatViolations[at + 1], flatViolations[at + 2]].map(textOrNull);
    violations.push({ ...finding, actual: actual ?? null, suggestion: suggestion ?? null });
  }
  const resource: Resource = {
    ...place,
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
