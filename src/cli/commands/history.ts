import { z } from "zod";
import type { HistoryPoint, ViolationHistoryResult } from "../../app/violation-history.ts";
import { CLOUDS } from "../../domain/cloud.ts";
import { type Grouping, GROUPINGS } from "../../domain/compliance/trend/periods.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, percent, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
  tag: z.string().min(1).optional(),
  days: z.int().min(1).max(400).default(30),
  by: z.enum(GROUPINGS).default("day"),
  includeAdHoc: z.boolean().default(false),
  json: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

/** `tag-compliance history`: reads what is stored and asks no cloud. */
export async function runHistoryCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal }) => {
    const result = await app.getViolationHistory({
      clouds: options.cloud,
      accounts: options.account,
      resourceTypes: options.type,
      tag: options.tag,
      daysBack: options.days,
      grouping: options.by,
      includeAdHoc: options.includeAdHoc,
    });
    terminal.out(options.json ? jsonText(result) : render(result, options, terminal));
    return EXIT.ok;
  });
}

function render(result: ViolationHistoryResult, options: Options, terminal: Terminal): string {
  if (result.points.length === 0)
    return "No snapshot in this time. The scheduled scan of `serve` takes one a day; `snapshot --scheduled` takes one now.";
  const ofTag = options.tag !== undefined;
  const table = plainTable(
    [options.by, ofTag ? "violations" : "score", "violating", "judged", "cells", ""],
    ["left", "right", "right", "right", "right", "left"],
  );
  for (const point of result.points) table.push(row(point, ofTag));
  return [table.toString(), "", trendLine(result, options.by, ofTag, terminal)].join("\n");
}

function row({ periodStart, snapshot }: HistoryPoint, ofTag: boolean): string[] {
  const day = new Date(periodStart).toISOString().slice(0, 10);
  if (snapshot === null) return [day, "", "", "", "", "no snapshot"];
  const { counts, cellsTotal, cellsComplete } = snapshot;
  const notes = [
    ...(snapshot.policyChanged ? ["new policy"] : []),
    ...(snapshot.scopeChanged ? ["other scope"] : []),
    ...(snapshot.kind === "ad_hoc" ? ["ad hoc"] : []),
  ];
  return [
    day,
    ofTag ? count(snapshot.tagViolations ?? 0) : percent(snapshot.score),
    count(counts.non_compliant),
    count(counts.compliant + counts.non_compliant),
    `${count(cellsComplete)}/${count(cellsTotal)}`,
    notes.join(", "),
  ];
}

function trendLine(
  { trend, gaps, beyondRetention }: ViolationHistoryResult,
  by: Grouping,
  ofTag: boolean,
  terminal: Terminal,
): string {
  const colour = {
    improving: "green",
    declining: "red",
    stable: "dim",
    insufficient_data: "dim",
  } as const;
  const words = trend.direction.replaceAll("_", " ");
  const scale = ofTag ? 1 : 100;
  const rate =
    trend.perWeek === null
      ? ""
      : `, ${(trend.perWeek * scale).toFixed(2)} ${ofTag ? "violations" : "percentage points"} a week`;
  const left =
    trend.notComparable === 0
      ? ""
      : ` ${count(trend.notComparable)} points of an earlier policy or scope are left out.`;
  const gone =
    beyondRetention === null
      ? ""
      : ` Snapshots before ${new Date(beyondRetention).toISOString().slice(0, 10)} are beyond retention.`;
  return `${terminal.style(colour[trend.direction], words)}${rate}. Rests on ${count(trend.points)} points over ${trend.days} days; ${count(gaps)} ${by}s without a snapshot.${left}${gone}`;
}
