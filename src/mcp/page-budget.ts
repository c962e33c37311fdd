/**
 * Characters of the rows of a page, about four to a token. `small`: where no more was asked for than the
 * default, so that an answer stays below 2,500 tokens; `large`: below 20,000, whatever was asked for.
 */
export const PAGE_BUDGET = { small: 6_000, large: 56_000 } as const;

/** How many of these rows, from the first on, fit into a budget; at least one. */
export function rowsWithin(rows: readonly unknown[], budget: number): number {
  let left = budget;
  const first = rows.findIndex((row) => {
    left -= JSON.stringify(row).length;
    return left < 0;
  });
  return first === -1 ? rows.length : Math.max(1, first);
}

/** Freshness of a question whose answer is stored for certain: the clouds are not read again. */
export const AS_STORED = { maxAgeMinutes: 43_200, refresh: false, storeSnapshot: false } as const;

export interface Page<Answer> {
  readonly limit: number;
  readonly defaultLimit: number;
  /** @param limit rows of the page */
  readonly ask: (limit: number) => Promise<Answer>;
  /** Asks for a shorter page of what `ask` has just answered from. */
  readonly askFewer: (limit: number, before: Answer) => Promise<Answer>;
  readonly rowsOf: (answer: Answer) => readonly unknown[];
}

/**
 * The page that was asked for, or a shorter one where resource ids and tag values are so long that it would
 * fill a conversation. Its cursor goes on behind the last row that is shown.
 */
export async function pageWithinBudget<Answer>(page: Page<Answer>): Promise<Answer> {
  const answer = await page.ask(page.limit);
  const rows = page.rowsOf(answer);
  const budget = page.limit <= page.defaultLimit ? PAGE_BUDGET.small : PAGE_BUDGET.large;
  const fit = rowsWithin(rows, budget);
  return fit === rows.length ? answer : page.askFewer(fit, answer);
}
