import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";
import type { PlaceName, SeenRow } from "../inventory/seen-row.ts";

/**
 * Scan work as one text, which is copied between threads many times faster than a million small objects.
 * The first line holds all but texts that are JSON themselves: a line each for the facts that rows share,
 * then one for the tags of each row. JSON has no line breaks.
 */
export function packWork({ jobs, ...work }: ScanWork): string {
  const places = numbering<PlaceName>();
  const facts = numbering<string>();
  const tags: string[] = [];
  const packedJobs = jobs.map((job): PackedJob => {
    if (job.kind === "finish") return job;
    const rows: Member[] = [];
    for (const row of job.rows) {
      const { key, state, spelling, createdAt, gap } = row;
      const [placeNo, factsNo] = [places.numberOf(row.place), facts.numberOf(row.facts)];
      rows.push(key, state, placeNo, spelling, createdAt, gap, factsNo);
      tags.push(row.tags ?? UNREAD);
    }
    return { ...job, rows };
  });
  const shared = { places: places.all(), facts: facts.all().length };
  const head: PackedWork = { ...work, ...shared, jobs: packedJobs };
  return [JSON.stringify(head), ...facts.all(), ...tags].join("\n");
}

/** The work that was packed. */
export function unpackWork(packed: string): ScanWork {
  const [head = "", ...lines] = packed.split("\n");
  const { jobs, places, facts, ...work }: PackedWork = JSON.parse(head);
  let line = facts;
  const unpackRows = (members: readonly Member[]): readonly SeenRow[] => {
    const rows: SeenRow[] = [];
    for (let at = 0; at < members.length; at += MEMBERS) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `packWork` laid them
      const one = members.slice(at, at + MEMBERS) as unknown as Members;
      const [key, state, placeNo, spelling, createdAt, gap, factsNo] = one;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that it gave it
      const place = places[placeNo] as PlaceName;
      const tags = lines[line] ?? "";
      line += 1;
      rows.push({
        key,
        state,
        place,
        spelling,
        createdAt,
        gap,
        tags: tags === UNREAD ? null : tags,
        facts: lines[factsNo] ?? "",
      });
    }
    return rows;
  };
  const unpackJob = (job: PackedJob): ScanJob =>
    job.kind === "finish" ? job : { ...job, rows: unpackRows(job.rows) };
  return { ...work, jobs: jobs.map(unpackJob) };
}

/** Tags that could not be read; those that could are an array. */
const UNREAD = "null";

/** What lies end to end in the first line of a row. */
type Members = readonly [
  key: string,
  state: string,
  placeNo: number,
  spelling: string | null,
  createdAt: string | null,
  gap: SeenRow["gap"],
  factsNo: number,
];
const MEMBERS = 7;
type Member = Members[number];

type Packed<Job> = Job extends { readonly rows: unknown }
  ? Omit<Job, "rows"> & { readonly rows: readonly Member[] }
  : Job;
type PackedJob = Packed<ScanJob>;

interface PackedWork extends Omit<ScanWork, "jobs"> {
  readonly jobs: readonly PackedJob[];
  readonly places: readonly PlaceName[];
  /** How many lines of them follow. */
  readonly facts: number;
}

/** Numbers what is given, the same for the same. */
function numbering<T>(): {
  readonly numberOf: (one: T) => number;
  readonly all: () => readonly T[];
} {
  const numbers = new Map<T, number>();
  return {
    numberOf: (one) => {
      let number = numbers.get(one);
      if (number === undefined) numbers.set(one, (number = numbers.size));
      return number;
    },
    all: () => [...numbers.keys()],
  };
}
