import type { ScanJob, ScanWork } from "../inventory/scan-work.ts";
import type { PlaceName, SeenRow } from "../inventory/seen-row.ts";

/**
 * Scan work as one text, which is copied between threads many times faster than a million small objects.
 * The first line says what is needed of every row, and what rows share once; of each row a line says the
 * rest, and is read only where the row says something new.
 */
export function packWork({ jobs, ...work }: ScanWork): string {
  const places = new Map<PlaceName, number>();
  const lines: string[] = [];
  const packedJobs = jobs.map((job): PackedJob => {
    if (job.kind === "finish") return job;
    const rows: (string | number)[] = [];
    for (const { key, state, place, text } of job.rows) {
      let number = places.get(place);
      if (number === undefined) places.set(place, (number = places.size));
      rows.push(key, state, number);
      lines.push(text);
    }
    return { ...job, rows };
  });
  const head: PackedWork = { ...work, jobs: packedJobs, places: [...places.keys()] };
  return [JSON.stringify(head), ...lines].join("\n");
}

/** The work that was packed. */
export function unpackWork(packed: string): ScanWork {
  const [head = "", ...lines] = packed.split("\n");
  const { jobs, places, ...work }: PackedWork = JSON.parse(head);
  let line = 0;
  const unpackRows = (members: readonly (string | number)[]): readonly SeenRow[] => {
    const rows: SeenRow[] = [];
    for (let at = 0; at < members.length; at += MEMBERS) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `packWork` laid them
      const [key, state, number] = members.slice(at, at + MEMBERS) as [string, string, number];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that it gave it
      const place = places[number] as PlaceName;
      rows.push({ key, state, place, text: lines[line] ?? "" });
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

type Packed<Job> = Job extends { readonly rows: unknown }
  ? Omit<Job, "rows"> & { readonly rows: readonly (string | number)[] }
  : Job;
type PackedJob = Packed<ScanJob>;

interface PackedWork extends Omit<ScanWork, "jobs"> {
  readonly jobs: readonly PackedJob[];
  readonly places: readonly PlaceName[];
}
