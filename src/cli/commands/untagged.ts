import { z } from "zod";
import type { FindUntaggedResult, UntaggedSpend } from "../../app/find-untagged.ts";
import { type Money, readableAmount } from "../../domain/money.ts";
import { TAG_GAPS } from "../../domain/compliance/tag-gap.ts";
import { problemText } from "../../domain/scan/problem-text.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, printable, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import {
  freshnessOf,
  freshnessOptions,
  limitOption,
  scopeOf,
  scopeOptions,
} from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  ...scopeOptions,
  category: z.array(z.enum(TAG_GAPS)).default([]),
  minCost: z.number().min(0).optional(),
  ...freshnessOptions,
  limit: limitOption(20),
  json: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

const SHOWN_TYPES = 15;

/**
 * `tag-compliance untagged`: answers from the stored inventory when it is at most an hour old, or as old
 * as `--max-age` allows. Exit code 3 when something in scope could not be read.
 */
export async function runUntaggedCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.findUntagged({
      ...scopeOf(options),
      gaps: options.category,
      minCostThreshold: options.minCost,
      ...freshnessOf(options),
      limit: options.limit,
      cursor: undefined,
      signal,
      onProgress,
    });
    terminal.out(options.json ? toJson(result) : render(result, options, terminal));
    return result.coverage.complete ? EXIT.ok : EXIT.incomplete;
  });
}

/** Times as ISO text; everything else as the use case gave it. */
function toJson(result: FindUntaggedResult): string {
  const resources = result.resources.map((one) =>
    Object.assign({}, one, { firstSeenAt: new Date(one.firstSeenAt).toISOString() }),
  );
  const dataAsOf = new Date(result.dataAsOf).toISOString();
  return jsonText({ ...result, resources, dataAsOf });
}

function render(result: FindUntaggedResult, { minCost }: Options, terminal: Terminal): string {
  const asOf = new Date(result.dataAsOf).toISOString();
  return [
    typeTable(result),
    resourceLines(result, terminal),
    costText(result, minCost),
    coverageText(result, terminal),
    terminal.style("dim", `Data as of ${asOf}. ${result.scanId}`),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function costText({ cost }: FindUntaggedResult, minCost: number | undefined): string {
  if (!cost.known)
    return `Cost is not known: no bill of a whole month is imported (tag-compliance cost import).${minCost === undefined ? "" : " --min-cost was not applied."}`;
  const sums = (all: readonly UntaggedSpend[]): string =>
    all.length === 0
      ? "nothing"
      : all
          .map((one) => `${moneyText(one)} (${count(one.resources)} resources on the bill)`)
          .join(", ");
  const without =
    cost.cloudsWithout.length === 0
      ? ""
      : ` No bill of ${cost.cloudsWithout.join(", ")}: what its resources cost is not known.`;
  return [
    `What lacks tags cost in ${cost.month}: ${sums(cost.totals)}.${without}`,
    ...(cost.atLeast === null
      ? []
      : [
          `Listed, dearest first, is what cost at least ${minCost ?? 0} each: ${sums(cost.atLeast)}.`,
        ]),
  ].join("\n");
}

function moneyText({ micros, currency }: Money): string {
  return `${printable(currency)} ${readableAmount(micros)}`;
}

function typeTable({ byType, total, counts }: FindUntaggedResult): string {
  if (total + counts.unknown === 0) return "No resource was found to lack tags.";
  const table = plainTable(
    ["cloud", "type", "never tagged", "emptied", "cloud's own only", "incomplete", "unknown"],
    ["left", "left", "right", "right", "right", "right", "right"],
  );
  for (const { cloud, resourceType, counts: own } of byType.slice(0, SHOWN_TYPES))
    table.push([cloud, printable(resourceType), ...TAG_GAPS.map((gap) => count(own[gap]))]);
  const rest = byType.length - SHOWN_TYPES;
  if (rest > 0) table.push(["", `and ${rest} more types`, "", "", "", "", ""]);
  table.push(["all", "", ...TAG_GAPS.map((gap) => count(counts[gap]))]);
  return table.toString();
}

function resourceLines(
  { resources, total, nextCursor }: FindUntaggedResult,
  terminal: Terminal,
): string {
  const lines = resources.map((one) => {
    const age = `${count(one.ageDays)} d${one.ageSince === "first_seen" ? " or more" : ""}`;
    const missing = one.missingTags.map(printable).join(", ");
    const cost = one.cost === null ? "" : ` ${moneyText(one.cost)} a month,`;
    return `  ${one.gap} (${age})${cost}${missing === "" ? "" : ` lacks ${missing}`}  ${terminal.style("dim", printable(one.id))}`;
  });
  if (nextCursor !== null)
    lines.push(`  ${count(resources.length)} listed of ${count(total)} (--limit, or --json)`);
  return lines.join("\n");
}

function coverageText({ coverage }: FindUntaggedResult, terminal: Terminal): string {
  const read = `Coverage: ${count(coverage.cellsComplete)} of ${count(coverage.cellsTotal)} cells read to the end.`;
  if (coverage.complete) return terminal.style("green", read);
  return [
    terminal.style("yellow", `${read} There may be more in:`),
    ...coverage.groups.map((group) => `  ${problemText(group, { name: printable })}`),
  ].join("\n");
}
