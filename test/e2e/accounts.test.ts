import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckAccountsRequest, CheckAccountsResult } from "../../src/app/check-accounts.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** Every account of three simulated clouds, one of them refused, against what was planted. */
describe("a scorecard per account", () => {
  let sandboxed: SandboxedApplication;
  let denied = "";
  beforeAll(async () => {
    sandboxed = await startSandboxed({ estate: { seed: 5, resources: 2_000 } });
    denied =
      sandboxed.sandbox.estate.accounts.filter(({ cloud }) => cloud === "azure")[1]?.id ?? "";
    const rule = { cloud: "azure", service: "resourcegraph", account: denied } as const;
    sandboxed.sandbox.faults.replace([{ ...rule, kind: "deny" }]);
  });
  afterAll(() => sandboxed.close());

  const ask = (request: Partial<CheckAccountsRequest> = {}): Promise<CheckAccountsResult> =>
    sandboxed.app.checkAccounts({
      clouds: [],
      accounts: [],
      regions: [],
      resourceTypes: [],
      rankBy: "non_compliant",
      maxAgeMinutes: undefined,
      refresh: false,
      limit: 1000,
      cursor: undefined,
      signal: new AbortController().signal,
      ...request,
    });

  test("holds what was planted in each, the worst first", async () => {
    const { accounts, accountCount } = await ask();
    const { estate } = sandboxed.sandbox;
    expect(accountCount).toBe(estate.accounts.length);
    for (const { cloud, account, counts } of accounts) {
      if (account === denied) continue;
      const truth = estate.truth(cloud, (group) => group.account === account);
      expect({ account, ...counts }).toMatchObject({
        compliant: truth.compliant,
        non_compliant: truth.nonCompliant,
        exempt: truth.exempt,
      });
    }
    const scored = accounts.filter(({ score }) => score !== null);
    expect(scored.map(({ rank }) => rank)).toEqual(scored.map((_, index) => index + 1));
    const bad = scored.map(({ counts }) => counts.non_compliant);
    expect(bad).toEqual(bad.toSorted((a, b) => b - a));
    expect(accounts[0]?.worst[0]?.count).toBeGreaterThan(0);
  });

  test("of a refused account nothing is claimed, and it is named with the reason", async () => {
    const { accounts, unread } = await ask();
    const refused = accounts.find(({ account }) => account === denied);
    expect(refused).toMatchObject({ score: null, total: 0, reading: "failed" });
    expect(accounts.at(-1)?.score).toBeNull();
    expect(unread[0]).toMatchObject({ cloud: "azure", account: denied, reading: "failed" });
    expect(unread[0]?.coverage.groups[0]).toMatchObject({ reason: "access_denied" });
  });

  test("ranks by score when asked, and pages hold every account once", async () => {
    const whole = await ask({ rankBy: "score" });
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ rankBy: "score", limit: 3, cursor });
      paged.push(...page.accounts.map(({ account }) => account));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole.accounts.map(({ account }) => account));
    const scores = whole.accounts.flatMap(({ score }) => score ?? []);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  test("a cursor of another ranking is refused", async () => {
    const { nextCursor } = await ask({ limit: 1 });
    const misused = ask({ rankBy: "score", limit: 1, cursor: nextCursor ?? "" });
    await expect(misused).rejects.toMatchObject({ code: "cursor_invalid" });
  });
});
