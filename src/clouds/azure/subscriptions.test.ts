import { describe, expect, it } from "vitest";
import type { AzureAnswer, AzureCall, AzureSession } from "./session.ts";
import { listManagedSubscriptions, listSubscriptions } from "./subscriptions.ts";

const NEVER = new AbortController().signal;

/** A session that gives the answers in turn, and keeps what it was asked. */
function session(...answers: readonly Partial<AzureAnswer>[]) {
  const asked: AzureCall[] = [];
  const fake: AzureSession = {
    apiCalls: () => asked.length,
    close: () => undefined,
    at: () => fake,
    send: async (call) => {
      const answer = answers[asked.length];
      asked.push(call);
      return { header: () => undefined, body: undefined, ...answer };
    },
  };
  return { fake, asked };
}

function page(ids: readonly string[], more: object = {}): Partial<AzureAnswer> {
  const value = ids.map((id) => ({ subscriptionId: id, displayName: `Team ${id}`, ...more }));
  return { body: { value } };
}

function linked(ids: readonly string[], nextLink: string): Partial<AzureAnswer> {
  return { body: { value: ids.map((id) => ({ subscriptionId: id })), nextLink } };
}

describe("listSubscriptions", () => {
  it("follows a link only on the endpoint that was configured", async () => {
    const elsewhere = "https://attacker.example/subscriptions?api-version=2022-12-01&$skiptoken=2";
    const { fake, asked } = session(linked(["BBBB"], elsewhere), page(["aaaa"]));
    expect(await listSubscriptions(fake, NEVER)).toEqual([
      { id: "aaaa", name: "Team aaaa" },
      { id: "bbbb", name: "" },
    ]);
    expect(asked.map(({ path, laterPage }) => ({ path, laterPage }))).toEqual([
      { path: "/subscriptions?api-version=2022-12-01", laterPage: false },
      { path: "/subscriptions?api-version=2022-12-01&$skiptoken=2", laterPage: true },
    ]);
  });

  it.each([
    ["Enabled", 1],
    ["Disabled", 1],
    ["PastDue", 1],
    ["Deleted", 0],
  ])("of one that is %s keeps %i", async (state, kept) => {
    const { fake } = session(page(["aaaa"], { state }));
    expect(await listSubscriptions(fake, NEVER)).toHaveLength(kept);
  });

  it.each([
    ["no list", { body: { subscriptions: [] } }],
    ["a link that is none", linked(["aaaa"], "next")],
  ])("refuses %s", async (_, answer) => {
    const { fake } = session(answer);
    await expect(listSubscriptions(fake, NEVER)).rejects.toMatchObject({
      code: "cloud_unavailable",
    });
  });
});

describe("listManagedSubscriptions", () => {
  const row = (id: string): object => ({
    id: `/subscriptions/${id}`,
    subscriptionId: id,
    name: id,
  });
  const rows = (ids: readonly string[], more: object = {}): Partial<AzureAnswer> => ({
    body: {
      totalRecords: 2,
      count: ids.length,
      resultTruncated: "false",
      data: ids.map(row),
      ...more,
    },
  });

  it("reads every page of the group", async () => {
    const { fake, asked } = session(rows(["AAAA"], { $skipToken: "next" }), rows(["bbbb"]));
    const found = await listManagedSubscriptions(fake, "platform", NEVER);
    expect(found).toMatchObject({
      subscriptions: [{ id: "aaaa" }, { id: "bbbb" }],
      complete: true,
    });
    expect(asked.map(({ body }) => body)).toMatchObject([
      { managementGroups: ["platform"] },
      { managementGroups: ["platform"], options: { $skipToken: "next" } },
    ]);
  });

  it("notices that Azure answered for some of too many subscriptions", async () => {
    const header = (name: string): string | undefined =>
      name === "x-ms-tenant-subscription-limit-hit" ? "true" : undefined;
    const { fake } = session({ ...rows(["aaaa", "bbbb"]), header });
    const found = await listManagedSubscriptions(fake, "platform", NEVER);
    expect(found).toMatchObject({
      subscriptions: [{ id: "aaaa" }, { id: "bbbb" }],
      complete: false,
    });
  });
});
