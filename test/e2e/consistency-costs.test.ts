import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBill } from "../../sandbox/estate/bill.ts";
import { writeBillFile } from "../../sandbox/estate/bill-files.ts";
import type { EstateResource } from "../../sandbox/estate/types.ts";
import type { CheckConsistencyResult, SettledFinding } from "../../src/app/check-consistency.ts";
import type { FoundSpend } from "../../src/domain/compliance/consistency/finding-spend.ts";
import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import { dayOf, monthStart } from "../../src/domain/cost/cost-period.ts";
import { toConsistencyOutput } from "../../src/mcp/consistency-output.ts";
import { consistencyText } from "../../src/mcp/consistency-text.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

/** What inconsistencies cost, against the bill that the simulated company was sent. */
describe("the spend behind cross-cloud inconsistencies", { timeout: 120_000 }, () => {
  const today = dayOf(Date.now());
  const month = { from: monthStart(today, -1), until: monthStart(today) };
  const folder = mkdtempSync(join(tmpdir(), "consistency-costs-"));
  const charged = new Map<string, bigint>();
  const resources: EstateResource[] = [];
  let sandboxed: SandboxedApplication;
  let unbilled: CheckConsistencyResult;
  let billed: CheckConsistencyResult;

  beforeAll(async () => {
    sandboxed = await startSandboxed({ estate: { seed: 23, resources: 3_000 } });
    const { estate } = sandboxed.sandbox;
    for (const group of estate.groups)
      for (let at = 0; at < group.count; at += 1) resources.push(estate.resource(group, at));
    unbilled = await ask();
    const bill = createBill(estate);
    for (const cloud of CLOUDS)
      for (const [id, { effectiveMicros }] of bill.truth(
        cloud,
        month,
        ({ line }) => line.resource?.id,
      ))
        charged.set(`${cloud} ${id}`, BigInt(effectiveMicros));
    const path = await writeBillFile(bill, month, {
      path: join(folder, "bill"),
      format: "focus-parquet",
    });
    const signal = AbortSignal.timeout(60_000);
    const paths = [path];
    await sandboxed.app.importBills({
      paths,
      format: "auto",
      source: "default",
      period: null,
      signal,
    });
    billed = await ask();
  }, 120_000);
  afterAll(async () => {
    await sandboxed.close();
    rmSync(folder, { recursive: true });
  });

  const ask = (limit = 1000, cursor?: string) =>
    sandboxed.app.checkConsistency({
      clouds: [],
      accounts: [],
      regions: [],
      resourceTypes: [],
      kinds: [],
      minConfidence: 0.5,
      maxAgeMinutes: undefined,
      refresh: false,
      limit,
      cursor,
      signal: AbortSignal.timeout(60_000),
    });

  /** A plain sum over the bill: currency to [micros, resources billed]. */
  function sumOf(is: (resource: EstateResource) => boolean) {
    const sums: Record<string, [bigint, number]> = {};
    for (const one of resources) {
      const micros = charged.get(`${one.cloud} ${one.id}`);
      if (micros === undefined || !is(one)) continue;
      const sum = (sums[one.cloud === "azure" ? "EUR" : "USD"] ??= [0n, 0]);
      sum[0] += micros;
      sum[1] += 1;
    }
    return sums;
  }
  const told = (spend: readonly FoundSpend[] | null) =>
    Object.fromEntries((spend ?? []).map((one) => [one.currency, [one.micros, one.resources]]));
  const carries = (
    resource: EstateResource,
    cloud: Cloud,
    key: Pick<RegExp, "test">,
    value?: string,
  ): boolean =>
    resource.cloud === cloud &&
    resource.tags.some((tag) => key.test(tag.key) && (value === undefined || tag.value === value));
  const exactly = (text: string) => ({ test: (key: string) => key === text });
  const ofKind = (...kinds: readonly string[]): readonly SettledFinding[] =>
    billed.findings.filter(({ kind }) => kinds.includes(kind));

  test("of each key spelling is what the resources that carry it were charged, to the micro-unit", () => {
    const found = ofKind("known_alias", "key_variant");
    expect(found.length).toBeGreaterThan(5);
    for (const { examples, spend } of found) {
      for (const { cloud, text, spend: own } of examples)
        expect(told(own)).toEqual(sumOf((one) => carries(one, cloud, exactly(text))));
      expect(told(spend)).toEqual(
        sumOf((one) => examples.some(({ cloud, text }) => carries(one, cloud, exactly(text)))),
      );
    }
  });

  test("of each value counts it under every spelling of its key, and a resource once", () => {
    const found = ofKind("value_variant", "value_vocabulary").filter(
      ({ tag, exampleCount, examples }) => tag === "CostCenter" && exampleCount === examples.length,
    );
    expect(found.length).toBeGreaterThan(2);
    const key = /^(cost[-_ ]?center|cc)$/i;
    for (const { examples, spend } of found) {
      for (const { cloud, text, spend: own } of examples)
        expect(told(own)).toEqual(sumOf((one) => carries(one, cloud, key, text)));
      expect(told(spend)).toEqual(
        sumOf((one) => examples.some(({ cloud, text }) => carries(one, cloud, key, text))),
      );
    }
  });

  test("is null, never zero, where no bill names the resources or none is stored", () => {
    expect(unbilled.costs).toBeNull();
    expect(unbilled.findings.length).toBeGreaterThan(10);
    for (const { spend, examples } of unbilled.findings)
      expect([spend, ...examples.map((one) => one.spend)]).toEqual([
        null,
        ...examples.map(() => null),
      ]);
    const all = billed.findings.flatMap(({ spend, examples }) => [
      spend,
      ...examples.map((one) => one.spend),
    ]);
    for (const spend of all)
      for (const { resources: named } of spend ?? []) expect(named).toBeGreaterThan(0);
    expect(billed.findings.some(({ spend }) => spend !== null)).toBe(true);
  });

  test("puts the dearest first in each currency, and pages keep the order", async () => {
    const [first] = billed.findings;
    expect(first?.spend).not.toBeNull();
    for (const currency of ["EUR", "USD"]) {
      const amounts = billed.findings.flatMap(({ spend }) =>
        (spend ?? []).filter((one) => one.currency === currency).map(({ micros }) => micros),
      );
      const most = amounts.reduce((a, b) => (a > b ? a : b), 0n);
      expect(amounts.slice(0, 3)).toContain(most);
    }
    const paged: SettledFinding[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(4, cursor);
      paged.push(...page.findings);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(billed.findings);
  });

  test("says which month and bills it is from, and how much of them is known here", () => {
    const { costs } = billed;
    expect(costs).toMatchObject({ month: month.from.slice(0, 7), cloudsWithout: [] });
    expect(costs?.bills.map(({ cloud, method }) => [cloud, method])).toEqual(
      CLOUDS.map((cloud) => [cloud, "focus"]),
    );
    expect(costs?.matches.map(({ currency }) => currency).toSorted()).toEqual(["EUR", "USD"]);
    for (const { matchedMicros, billedMicros } of costs?.matches ?? [])
      expect(matchedMicros > 0n && matchedMicros <= billedMicros).toBe(true);
  });

  test("a default page stays small enough to be read", async () => {
    const answer = toConsistencyOutput(await ask(10), "concise");
    const characters = JSON.stringify(answer).length + consistencyText(answer).length;
    // Four characters a token or less, as the listing of tools is measured.
    expect(characters / 4).toBeLessThanOrEqual(2_500);
  });
});
