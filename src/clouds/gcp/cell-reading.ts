import type { Resource } from "../../domain/resource.ts";
import type { Cell } from "../../domain/scan/cell.ts";
import {
  joinedCall,
  type JoinedRow,
  parseJoinedPage,
  parseResourcePage,
  type Place,
  searchCall,
} from "./asset-search.ts";
import { MAX_PAGES_TOGETHER } from "./limits.ts";
import type { GcpProject } from "./projects.ts";
import type { GcpSession } from "./session.ts";

type Pages = AsyncGenerator<readonly Resource[]>;

/**
 * Reads one cell by a search of its own.
 * @throws {AppError} what `GcpSession.get` and `parseResourcePage` throw.
 */
export async function* readAlone(session: GcpSession, cell: Cell, signal: AbortSignal): Pages {
  let pageToken: string | undefined;
  do {
    const page = parseResourcePage(await session.get(searchCall(cell, pageToken), signal), cell);
    if (page.results.length > 0) yield page.results;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

/** A project with the scope that it was found in. */
export type ScopedProject = GcpProject & Required<Pick<GcpProject, "number" | "scope">>;

/** Several small projects of one scope that one search reads. */
export interface Together {
  readonly projects: readonly ScopedProject[];
  readonly place: Place;
  /** Told how many resources a project turned out to have when it was read alone. */
  readonly onSize: (project: string, resources: number) => void;
}

/**
 * One search for several projects, sent when the first of their cells is read. Whatever stops it, a
 * project that does not show itself in the answer, and projects that are not small after all are
 * settled by searches of their own, so that each cell ends as if it had been read alone.
 */
export function readTogether(
  session: GcpSession,
  together: Together,
): (cell: Cell, signal: AbortSignal) => Pages {
  let answer: Promise<Map<string, readonly Resource[]>> | undefined;
  return async function* readMember(cell, signal) {
    answer ??= load(session, together, signal);
    const found = await answer.catch((error: unknown) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    const own = found?.get(cell.account);
    if (own === undefined) {
      yield* readMeasured(session, cell, { signal, onSize: together.onSize });
      return;
    }
    // Handed over once: what was stored need not be held.
    found?.delete(cell.account);
    if (own.length > 0) yield own;
  };
}

/** Reads alone, and tells how much there was. */
async function* readMeasured(
  session: GcpSession,
  cell: Cell,
  { signal, onSize }: Pick<Together, "onSize"> & { readonly signal: AbortSignal },
): Pages {
  let resources = 0;
  for await (const page of readAlone(session, cell, signal)) {
    resources += page.length;
    yield page;
  }
  onSize(cell.account, resources);
}

/** Resources of each project that showed itself; none at all when there are too many to hold. */
async function load(
  session: GcpSession,
  { projects, place }: Together,
  signal: AbortSignal,
): Promise<Map<string, readonly Resource[]>> {
  const scope = projects[0]?.scope ?? "";
  const search = { ...place, scope, projects: projects.map(({ number }) => number) };
  const idOf = new Map(projects.map(({ id, number }) => [number, id]));
  const found = new Map<string, Resource[]>(projects.map(({ id }) => [id, []]));
  const witnessed = new Set<string>();
  const keep = (row: JoinedRow): void => {
    const account = idOf.get(row.project);
    if (account === undefined) return;
    if (row.witness) witnessed.add(account);
    found.get(account)?.push(...row.resourcesIn({ cloud: "gcp", account, ...place }));
  };
  let pageToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES_TOGETHER; pages += 1) {
    const page = parseJoinedPage(await session.get(joinedCall(search, pageToken), signal));
    for (const row of page.results) keep(row);
    pageToken = page.nextPageToken;
    if (pageToken === undefined)
      return new Map([...found].filter(([account]) => witnessed.has(account)));
  }
  return new Map();
}
