import type { PlaceName, SeenRow } from "../inventory/seen-row.ts";

/**
 * Rows as one text, which takes a fraction of the memory while it waits and is copied between threads many
 * times faster than thousands of small objects. The first line holds all but what is JSON already, and so
 * has no line breaks: of each row a line with its tags follows, and one with its facts.
 */
export function packRows(rows: readonly SeenRow[]): string {
  const places = new Map<PlaceName, number>();
  const members: Member[] = [];
  const lines: string[] = [""];
  for (const { key, state, place, spelling, createdAt, gap, tags, facts } of rows) {
    let placeNo = places.get(place);
    if (placeNo === undefined) places.set(place, (placeNo = places.size));
    members.push(key, state, placeNo, spelling, createdAt, gap);
    lines.push(tags ?? UNREAD, facts);
  }
  const head: Head = { places: [...places.keys()], members };
  lines[0] = JSON.stringify(head);
  return lines.join("\n");
}

/** The rows that were packed. */
export function unpackRows(packed: string): readonly SeenRow[] {
  const lines = packed.split("\n");
  const { places, members }: Head = JSON.parse(lines[0] ?? "");
  const rows: SeenRow[] = [];
  for (let line = 1; line < lines.length; line += 2) {
    const at = rows.length * MEMBERS;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as `packRows` laid them
    const one = members.slice(at, at + MEMBERS) as unknown as Members;
    const [key, state, placeNo, spelling, createdAt, gap] = one;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the number that it gave it
    const place = places[placeNo] as PlaceName;
    const [tags = UNREAD, facts = ""] = [lines[line], lines[line + 1]];
    const known = tags === UNREAD ? null : tags;
    rows.push({ key, state, place, spelling, createdAt, gap, tags: known, facts });
  }
  return rows;
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

interface Head {
  readonly places: readonly PlaceName[];
  readonly members: readonly Member[];
}
