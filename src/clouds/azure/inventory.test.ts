import { expect, it } from "vitest";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import type { Logger } from "../../ports/logger.ts";
import { createAzureInventory } from "./inventory.ts";
import type { AzureSession } from "./session.ts";

const SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590";

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Answers the list of subscriptions and the one of a management group, cut at 10,000 or not. */
function sessionWith(limitHit: boolean): AzureSession {
  const row = { id: `/subscriptions/${SUBSCRIPTION}`, name: "one", subscriptionId: SUBSCRIPTION };
  const graph = { totalRecords: 1, count: 1, resultTruncated: "false", data: [row] };
  const session: AzureSession = {
    apiCalls: () => 0,
    close: () => undefined,
    at: () => session,
    send: async ({ operation }) => ({
      header: (name) =>
        limitHit && name === "x-ms-tenant-subscription-limit-hit" ? "true" : undefined,
      body:
        operation === "Subscriptions_List" ? { value: [{ ...row, displayName: "one" }] } : graph,
    }),
  };
  return session;
}

it.each([
  ["more than 10,000 subscriptions", true],
  ["a few", false],
])("of a management group with %s, says what it did not list", async (_, limitHit) => {
  const tenant = {
    id: undefined,
    session: sessionWith(limitHit),
    subscriptions: [],
    managementGroups: ["everything"],
  };
  const cells: string[] = [];
  const plan = createAzureInventory([tenant], SILENT).plan(
    EVERYTHING,
    new AbortController().signal,
  );
  for await (const planned of plan)
    cells.push(
      planned.kind === "gap"
        ? `${planned.outcome.cell.account} ${planned.outcome.status} ${planned.outcome.reason}`
        : `${planned.reader.cell.account} read`,
    );
  expect(cells).toEqual([
    ...(limitHit ? ["everything partial truncated"] : []),
    `${SUBSCRIPTION} read`,
  ]);
});
