import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { createCostGap } from "../../src/app/cost/cost-gap.ts";
import { AppError } from "../../src/domain/errors.ts";
import { createDispatch } from "../../src/mcp/dispatch.ts";
import getCostAttributionGap from "../../src/mcp/tools/get-cost-attribution-gap.ts";
import type { CostSource } from "../../src/ports/costs.ts";
import type { Principal } from "../../src/safety/principal.ts";
import { createCostStore } from "../../src/storage/costs/index.ts";
import { openSqlite } from "../../src/storage/sqlite.ts";
import { AT_MS, CATALOGUE } from "../policy/fixtures.ts";
import { GENEROUS, generousSafety } from "../safety/generous-safety.ts";
import { manualClock } from "../storage/estate.ts";
import { charge, fakeSource, POLICY, NO_INVENTORY } from "./fixtures.ts";
import { fakeProvider } from "./fake-provider.ts";

const CALLER: Principal = {
  kind: "local_user",
  channel: "stdio",
  tenant: null,
  subject: "someone",
  client: null,
  scopes: ["tag:read"],
  key: "process:1",
};
const OCTOBER = { time_period: "2026-10-01/2026-10-31" };
const LONGER = { time_period: "2026-09-01/2026-11-01" };
const Asked = z.object({ confirm: z.object({ token: z.string() }) });

let clock: ReturnType<typeof manualClock>;
beforeEach(() => {
  clock = manualClock(AT_MS);
});

/** The tool behind everything that stands between it and a caller, over one paid source. */
async function served(source: CostSource, budgetMicros = 1_000_000) {
  const getCostGap = createCostGap({
    inventory: NO_INVENTORY,
    providers: [fakeProvider(source.cloud)],
    catalogue: CATALOGUE,
    sources: [source],
    store: createCostStore(await openSqlite(":memory:"), clock),
    clock,
    policy: async () => POLICY,
    settings: { allocationTags: [], teamTag: undefined },
  });
  const ignore = (): void => undefined;
  const dispatch = createDispatch(
    [getCostAttributionGap],
    { getCostGap },
    {
      clock,
      ids: { next: (prefix) => `${prefix}_1` },
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      safety: generousSafety({
        settings: {
          budget: { ...GENEROUS.budget, apiCostMicros: budgetMicros },
          intent: { ...GENEROUS.intent, maxCostDays: 31 },
        },
      }),
    },
  );
  return async (args: Record<string, unknown>) => {
    const { content, structuredContent, isError } = z
      .object({
        content: z.array(z.object({ text: z.string() })),
        structuredContent: z.unknown().optional(),
        isError: z.boolean().optional(),
      })
      .parse(
        await dispatch({
          name: "get_cost_attribution_gap",
          arguments: args,
          principal: CALLER,
          signal: new AbortController().signal,
        }),
      );
    return { text: content[0]?.text ?? "", data: structuredContent, isError: isError ?? false };
  };
}

describe("a question that a provider charges for", () => {
  it("is priced by a dry run, which asks nothing", async () => {
    const source = fakeSource([charge({})]);
    const call = await served(source);
    const { data, text } = await call({ ...OCTOBER, dry_run: true });
    expect(source.requests).toEqual([]);
    expect(data).toMatchObject({
      dry_run: true,
      would_ask: false,
      estimate: {
        answers_from: "clouds",
        api_calls: 2,
        api_cost: { micros: 20_000, currency: "USD" },
      },
    });
    expect(text).toContain("costs of 30 days with at least 2 requests, for about 0.02 USD");
  });

  it("is free while its answer is kept, and says so", async () => {
    const source = fakeSource([charge({})]);
    const call = await served(source);
    await call(OCTOBER);
    clock.advance(source.keepForMs);
    const { data } = await call({ ...OCTOBER, dry_run: true });
    expect(data).toMatchObject({
      estimate: { answers_from: "stored", api_calls: 0, api_cost: { micros: 0 } },
    });
    await call(OCTOBER);
    expect(source.requests).toHaveLength(1);
  });

  it("of more than a month is asked about first, and runs once confirmed", async () => {
    const source = fakeSource([charge({})]);
    const call = await served(source);
    expect((await call({ ...LONGER, dry_run: true })).data).toMatchObject({ would_ask: true });
    const first = await call(LONGER);
    expect(first.data).toMatchObject({ clarification_needed: true, reason: "high_stakes" });
    expect(source.requests).toEqual([]);
    const { confirm } = Asked.parse(first.data);
    const other = await call({ ...LONGER, group_by: "service", confirm: confirm.token });
    expect([other.isError, source.requests.length]).toEqual([true, 0]);
    const done = await call({ ...LONGER, confirm: confirm.token });
    expect(done.data).toMatchObject({ figures: [{ total: "100.00" }] });
    expect(source.requests).toHaveLength(1);
  });

  it("of more than a month is not asked about where asking is free", async () => {
    const source = fakeSource([charge({})], {
      askingCost: () => ({ calls: 2, costMicros: 0n }),
    });
    const call = await served(source);
    expect((await call(LONGER)).data).toMatchObject({ figures: [{ total: "100.00" }] });
  });

  it("counts against the caller's budget even where its answer fails", async () => {
    const source = fakeSource([], {
      read: (_request, _signal, onSpent) => ({
        groups: (async function* () {
          onSpent?.(10_000n);
          yield [];
          throw new AppError("cloud_throttled", "Asked too often.");
        })(),
        facts: () => {
          throw new AppError("internal", "There are none.");
        },
      }),
    });
    const call = await served(source, 10_000);
    expect((await call(OCTOBER)).text).toContain("cloud_throttled");
    const { isError, text } = await call({ ...OCTOBER, group_by: "account" });
    expect(isError).toBe(true);
    expect(text).toContain("budget_exhausted");
  });
});
