import { describe, expect, it } from "vitest";
import { ANY } from "../domain/scan/cell.ts";
import type { ScanProgress } from "./scan.ts";
import type { Place, PlaceCount } from "./scan-places.ts";
import { scanProgressText } from "./scan-progress-text.ts";

const eu: Place = { cloud: "aws", account: "123456789012", region: "eu-west-1" };
const regions: PlaceCount = { cloud: "aws", unit: "region", done: 12, total: 17, accounts: 1 };
const projects: PlaceCount = { cloud: "gcp", unit: "account", done: 1, total: 9, accounts: 9 };

function progress(counts: readonly PlaceCount[], finished: Place | null): ScanProgress {
  const cells = { cellsDone: 40, cellsTotal: 90, resources: 3456 };
  return { ...cells, ...eu, places: { counts, finished } };
}

describe("how far a scan is, in a line", () => {
  it.each([
    { counts: [regions], finished: eu, line: "eu-west-1 12/17 regions, 3,456 resources" },
    {
      counts: [{ ...regions, done: 0 }],
      finished: null,
      line: "reading eu-west-1: 0/17 regions, 3,456 resources",
    },
    {
      counts: [{ ...regions, total: 51, accounts: 3 }],
      finished: eu,
      line: "123456789012 eu-west-1 12/51 regions of 3 accounts, 3,456 resources",
    },
    {
      counts: [
        { cloud: "azure" as const, unit: "account" as const, done: 2, total: 5, accounts: 5 },
      ],
      finished: { cloud: "azure" as const, account: "s-2", region: ANY },
      line: "s-2 2/5 subscriptions, 3,456 resources",
    },
    {
      counts: [regions, projects],
      finished: { cloud: "gcp" as const, account: "web", region: ANY },
      line: "gcp web: 12/17 regions, 1/9 projects, 3,456 resources",
    },
    { counts: [], finished: null, line: "40/90 cells, 3,456 resources" },
  ])("$line", ({ counts, finished, line }) => {
    expect(scanProgressText(progress(counts, finished))).toBe(line);
  });

  it("shows names as the reader of the line must have them", () => {
    expect(scanProgressText(progress([regions], eu), () => "(name)")).toBe(
      "(name) 12/17 regions, 3,456 resources",
    );
  });
});
