import type { CostFigure } from "../app/cost/cost-figure.ts";
import type { CostGapResult } from "../app/cost/cost-gap.ts";
import { COST_BUCKETS } from "../domain/cost/allocation.ts";
import type { SpendFix } from "../domain/cost/fix-points.ts";
import { denominatorsOf, gapOf, sharesOf } from "../domain/cost/waterfall.ts";
import { decimalText, type Micros, readableAmount, shareOf } from "../domain/money.ts";
import { FILTERED_NOTE } from "../mcp/cost-gap-notes.ts";
import { BUCKET_FIX, BUCKET_WORDS, OBSTACLE_FIX } from "../mcp/cost-gap-fixes.ts";
import { count, percent, printable, type Terminal } from "./output.ts";
import { plainTable } from "./plain-table.ts";

/** The waterfall as a person reads it: what the bill is made of, where, and the way to less of a gap. */
export function renderGap(result: CostGapResult, limit: number, terminal: Terminal): string {
  const { period, tags } = result;
  const names = tags.map(printable).join(" + ");
  return [
    terminal.style(
      "bold",
      `Who answers for the bill of ${period.from} to ${lastDay(period.to)}, by ${names}`,
    ),
    ...result.figures.map((figure) => renderFigure(figure, { result, limit, terminal })),
    ...result.without.map(({ cloud, obstacle, failure }) =>
      terminal.style(
        "yellow",
        `${cloud}: not measured (${failure ?? obstacle?.reason ?? "unknown"}). ${obstacle === null ? "" : OBSTACLE_FIX[obstacle.reason]}.`,
      ),
    ),
    askingLines(result, terminal),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

interface Drawing {
  readonly result: CostGapResult;
  readonly limit: number;
  readonly terminal: Terminal;
}

function renderFigure(figure: CostFigure, drawing: Drawing): string {
  return [
    headline(figure, drawing.terminal),
    figure.obstacle === null
      ? waterfall(figure, drawing.terminal)
      : unmeasured(figure, drawing.terminal),
    rowTable(figure, drawing),
    pathTable(figure, drawing),
    caveats(figure, drawing),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function headline({ clouds, currency, buckets }: CostFigure, terminal: Terminal): string {
  const { total } = denominatorsOf(buckets);
  return terminal.style("bold", `${clouds.join(", ")}: ${money(total, currency)}`);
}

function waterfall({ buckets, currency, seesResources }: CostFigure, terminal: Terminal): string {
  const { total, taggable } = denominatorsOf(buckets);
  const table = plainTable(
    ["", currency, "of all", "of taggable", "what to do"],
    ["left", "right", "right", "right", "left"],
  );
  for (const bucket of COST_BUCKETS) {
    if (bucket === "no_resource_id" && !seesResources) continue;
    const { ofTotal, ofTaggable } = sharesOf(buckets, bucket);
    const isPart = bucket !== "no_resource_id" && bucket !== "not_taggable_charge";
    table.push([
      bucket === "allocated"
        ? terminal.style("green", BUCKET_WORDS[bucket])
        : bucket.startsWith("gap")
          ? terminal.style("red", BUCKET_WORDS[bucket])
          : BUCKET_WORDS[bucket],
      readableAmount(buckets[bucket]),
      percent(ofTotal),
      isPart ? percent(ofTaggable) : "-",
      buckets[bucket] === 0n ? "" : (BUCKET_FIX[bucket] ?? ""),
    ]);
  }
  table.push(
    ["the bill", readableAmount(total), percent(total > 0n ? 1 : null), "", ""].map((cell) =>
      terminal.style("bold", cell),
    ),
    [
      "taggable",
      readableAmount(taggable),
      percent(shareOf(taggable, total)),
      percent(taggable > 0n ? 1 : null),
      "",
    ],
  );
  return table.toString();
}

function unmeasured(
  { obstacle, buckets, currency, first }: CostFigure,
  terminal: Terminal,
): string {
  if (obstacle === null) return "";
  const { total } = denominatorsOf(buckets);
  const tags = obstacle.tags.map(printable).join(", ");
  const since =
    obstacle.measurableFrom === null ? "" : ` It can be measured from ${obstacle.measurableFrom}.`;
  return [
    terminal.style(
      "yellow",
      `The gap cannot be measured: ${obstacle.reason} (${tags}). It is not 100 %.${since}`,
    ),
    `  ${money(total - buckets.not_taggable_charge, currency)} may or may not have an owner; ${money(buckets.not_taggable_charge, currency)} cannot carry tags.`,
    ...first.map(({ cloud, tag }) => `  First step: activate ${printable(tag)} in ${cloud}.`),
    `  ${OBSTACLE_FIX[obstacle.reason]}.`,
  ].join("\n");
}

function rowTable(figure: CostFigure, { result, limit }: Drawing): string {
  const { groupBy } = result;
  if (groupBy === null) return "";
  if (!figure.grouped) return `${figure.method} cannot break this bill down by ${groupBy}.`;
  const rows = groupBy === "month" ? figure.months : figure.rows;
  const table = plainTable(
    [groupBy, "bill", "allocated", "gap", "allocated of taggable"],
    ["left", "right", "right", "right", "right"],
  );
  for (const { value, buckets } of rows.slice(0, limit)) {
    const { total, taggable } = denominatorsOf(buckets);
    const known = figure.obstacle === null;
    table.push([
      value === null ? "(none)" : printable(value),
      readableAmount(total),
      known ? readableAmount(buckets.allocated) : "?",
      known ? readableAmount(gapOf(buckets)) : "?",
      known ? percent(shareOf(buckets.allocated, taggable)) : "?",
    ]);
  }
  const rest = rows.length - limit;
  return rest > 0 ? `${table.toString()}\nand ${count(rest)} more (--limit)` : table.toString();
}

function pathTable({ path }: CostFigure, { limit, terminal }: Drawing): string {
  if (path === null || path.steps.length === 0) return "";
  const { steps, taggableMicros, target, reached, atLeast } = path;
  const table = plainTable(
    ["", "step", "gains", "allocated then"],
    ["right", "left", "right", "right"],
  );
  let allocated: Micros = path.allocatedMicros;
  for (const [at, { fix, gainMicros }] of steps.slice(0, limit).entries()) {
    allocated += gainMicros;
    table.push([
      String(at + 1),
      stepText(fix),
      readableAmount(gainMicros),
      percent(shareOf(allocated, taggableMicros)),
    ]);
  }
  const rest = steps.length - limit;
  const verdict = reached
    ? `${count(steps.length)} steps to ${percent(target)} of taggable spend; no way has fewer than ${count(atLeast)}.`
    : `${count(steps.length)} steps do not reach ${percent(target)} of taggable spend; nothing else known gains more.`;
  return [
    terminal.style("bold", verdict),
    table.toString(),
    ...(rest > 0 ? [`and ${count(rest)} more (--limit)`] : []),
  ].join("\n");
}

function stepText(fix: SpendFix): string {
  if (fix.kind === "value") {
    const meant =
      fix.suggestion === null ? "decide what it means" : `read as ${printable(fix.suggestion)}`;
    return `${printable(fix.tag)}=${JSON.stringify(printable(fix.actual))}: ${meant}`;
  }
  if (fix.kind === "ignore_case")
    return `policy: case_sensitive: false for the values of ${printable(fix.tag)}`;
  const account = `${fix.cloud} ${printable(fix.account ?? "")}`;
  if (fix.kind === "parent") return `tag ${printable(fix.parent)} in ${account}`;
  if (fix.value === null) return `name an owner for account ${account}`;
  return `default of account ${account}: ${printable(fix.value)} (${percent(fix.evidence)} of its spend already)`;
}

function unreadKeys({ cloud, spellingsNotRead }: CostFigure["keys"][number]): readonly string[] {
  return spellingsNotRead.map((key) => `${cloud} ${printable(key)}`);
}

function caveats(figure: CostFigure, { result: { tags, filtered }, terminal }: Drawing): string {
  const { method, metric, confidence, asOfMs, estimated, missing, linesLeftOut } = figure;
  const age = figure.ageTold
    ? `Data as of ${new Date(asOfMs).toISOString()}.`
    : `Asked at ${new Date(asOfMs).toISOString()}; how old its data is, the provider does not say.`;
  const notRead = figure.keys.filter(({ tag }) => tags.includes(tag)).flatMap(unreadKeys);
  const metricWords = metric === "effective" ? "effective (amortised) cost" : "billed cost";
  const first = missing.slice(0, 3).map(({ cloud, account, period, reason }) => {
    const whose = account === null ? cloud : `${cloud} ${printable(account)}`;
    return `${whose} ${period.from} to ${lastDay(period.to)} (${reason})`;
  });
  return [
    ...(missing.length > 0
      ? [
          terminal.style(
            "yellow",
            `Missing, and not counted as zero: ${first.join("; ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}.`,
          ),
        ]
      : []),
    ...(linesLeftOut > 0
      ? [terminal.style("yellow", `${count(linesLeftOut)} lines of the bill are left out.`)]
      : []),
    ...(figure.seesResources
      ? []
      : ["This source does not see resources: charges without one count as missing."]),
    ...(notRead.length > 0 && figure.obstacle === null
      ? [`Not read, so spend under them counts as untagged: ${notRead.join(", ")}.`]
      : []),
    ...(filtered ? [FILTERED_NOTE] : []),
    ...(figure.firstExemptionEndsMs === null
      ? []
      : [
          `The first exemption ends ${new Date(figure.firstExemptionEndsMs).toISOString().slice(0, 10)}.`,
        ]),
    terminal.style(
      "dim",
      `Measured by ${method}, ${metricWords}, ${confidence} confidence${estimated ? ", still changing" : ""}. ${age}`,
    ),
  ].join("\n");
}

function askingLines({ questions, dryRun }: CostGapResult, terminal: Terminal): string {
  return questions
    .filter(({ calls }) => dryRun || calls > 0)
    .map(({ cloud, method, kept, calls, costMicros }) =>
      terminal.style(
        "dim",
        kept
          ? `${cloud}: a kept answer of ${method} serves, for nothing.`
          : `${cloud}: ${method} ${dryRun ? "would be" : "was"} asked ${count(calls)} times, USD ${decimalText(costMicros)}.`,
      ),
    )
    .join("\n");
}

function money(micros: Micros, currency: string): string {
  return `${currency} ${readableAmount(micros)}`;
}

/** People read a period with its last day; the day after it is for machines. */
function lastDay(to: string): string {
  return new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
}
