import type { AwsCalls } from "./calls.ts";
import { isPageTokenExpired } from "./errors.ts";
import type { TaggedRow } from "./sdk/tagging.ts";

export interface Sweep {
  readonly account: string;
  readonly region: string;
  /** `ResourceTypeFilters`; empty: every type the tagging API covers. */
  readonly filters: readonly string[];
  /** `TagsPerPage`, 100 to 500; AWS advises to leave it out. */
  readonly tagsPerPage?: number;
}

/** Every resource of one Region that carries a tag or once did; each ARN once. */
export function sweepTags(
  calls: AwsCalls,
  { account, region, filters, tagsPerPage }: Sweep,
  signal: AbortSignal,
): AsyncGenerator<readonly TaggedRow[]> {
  const target = { service: "tagging", account, region } as const;
  return readToTheEnd(
    (token: string | undefined) =>
      calls.call(target, signal, (api, own) => api.getResources(filters, token, own, tagsPerPage)),
    (row) => row.arn,
  );
}

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/**
 * Follows page tokens to the end, giving each row once. A token that outlived its time restarts the
 * listing, once: a listing that is too slow twice will be too slow again.
 * @throws {AppError} `cloud_page_expired` when it expired twice; whatever `read` throws
 */
export async function* readToTheEnd<Row>(
  read: (token: string | undefined) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
): AsyncGenerator<readonly Row[]> {
  const seen = new Set<string>();
  const isNew = (row: Row): boolean => {
    const key = keyOf(row);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  let restarted = false;
  let token: string | undefined;
  for (;;) {
    try {
      const page = await read(token);
      const fresh = page.rows.filter(isNew);
      if (fresh.length > 0) yield fresh;
      if (page.next === undefined) return;
      token = page.next;
    } catch (error) {
      if (restarted || !isPageTokenExpired(error)) throw error;
      restarted = true;
      token = undefined;
    }
  }
}
