import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";
import type { PlaceName, SeenRow } from "../inventory/seen-row.ts";

/**
 * Scan work as one text, which is copied between threads many times faster than a million small objects.
 * The first line holds all but what is JSON already, and so has no line breaks: of each row a line with
 * its tags follows, and one with its facts.
 */
export function packWork({ jobs, ...work }: ScanWork): string {
  const places = new Map<PlaceName, number>();
  const lines: string[] = [""];
  const packedJobs = jobs.map((job): PackedJob => {
    if (job.kind === "finish") return job;
    const rows: Member[] = [];
    for (const { key, state, place, spelling, createdAt, gap, tags, facts } of job.rows) {
      let placeNo = places.get(place);
      if (placeNo === undefined) places.set(place, (placeNo = places.size));
      rows.push(key, state, placeNo, spelling, createdAt, gap);
      lines.push(tags ?? UNREAD, facts);
    }
    return { ...job, rows };
  });
  const head: PackedWork = { ...work, jobs: packedJobs, places: [...places.keys()] };
  lines[0] = JSON.stringify(head);
  return lines.join("\n");
}

/** The work that was packed. */
export function unpackWork(packed: string): ScanWork {
  const lines = packed.split("\n");
  const { jobs, places, ...work }: PackedWork = JSON.parse(lines[0] ?? "");
  let line = 1;
  const unpackRows = (members: readonly Member[]): readonly SeenRow[] => {
    const rows: SeenRow[] = [];
    for (let at = 0; at < members.length; at += MEMBERS) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `packWork` laid them
      const one = members.slice(at, at + MEMBERS) as unknown as Members;
      const [key, state, placeNo, spelling, createdAt, gap] = one;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that it gave it
      const place = places[placeNo] as PlaceName;
      const [tags = UNREAD, facts = ""] = [lines[line], lines[line + 1]];
      line += 2;
      const known = tags === UNREAD ? null : tags;
      rows.push({ key, state, place, spelling, createdAt, gap, tags: known, facts });
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
];
const MEMBERS = 6;
type Member = Members[number];

type Packed<Job> = Job extends { readonly rows: unknown }
  ? Omit<Job, "rows"> & { readonly rows: readonly Member[] }
  : Job;
type PackedJob = Packed<ScanJob>;

interface PackedWork extends Omit<ScanWork, "jobs"> {
  readonly jobs: readonly PackedJob[];
  readonly places: readonly PlaceName[];
}
