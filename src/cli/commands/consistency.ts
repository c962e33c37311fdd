import { z } from "zod";
import type { CheckConsistencyResult, SettledFinding } from "../../app/check-consistency.ts";
import { FINDING_KINDS, REASON_TEXT } from "../../domain/compliance/consistency/finding.ts";
import type { FoundSpend } from "../../domain/compliance/consistency/finding-spend.ts";
import { readableAmount, shareOf } from "../../domain/money.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, percent, printable, type Terminal } from "../output.ts";
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
  kind: z.array(z.enum(FINDING_KINDS)).default([]),
  minConfidence: z.number().min(0).max(1).default(0.5),
  ...freshnessOptions,
  limit: limitOption(20),
  json: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

/**
 * `tag-compliance consistency`: answers from the stored inventory when it is at most an hour old, or
 * as old as `--max-age` allows. Exit code 3 when something in scope could not be read.
 */
export async function runConsistencyCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.checkConsistency({
      ...scopeOf(options),
      kinds: options.kind,
      minConfidence: options.minConfidence,
      ...freshnessOf(options),
      limit: options.limit,
      cursor: undefined,
      signal,
      onProgress,
    });
    terminal.out(options.json ? toJson(result) : render(result, terminal));
    return result.coverage.complete ? EXIT.ok : EXIT.incomplete;
  });
}

/** Dates as ISO text; everything else as the use case gave it. */
function toJson(result: CheckConsistencyResult): string {
  return jsonText({ ...result, dataAsOf: new Date(result.dataAsOf).toISOString() });
}

function render(result: CheckConsistencyResult, terminal: Terminal): string {
  const more = result.findingCount - result.findings.length;
  return [
    `${count(result.findingCount)} inconsistencies. ${costText(result)}`,
    ...result.findings.map((finding) => describe(finding, terminal)),
    ...(more > 0 ? [`and ${count(more)} more (--limit, or --json)`] : []),
    ...policyPart(result, terminal),
    "",
    ...cloudLines(result, terminal),
  ].join("\n");
}

function costText({ costs }: CheckConsistencyResult): string {
  if (costs === null)
    return "Spend is not known: no bill of a whole month is imported (tag-compliance cost import).";
  const { month, bills, matches, cloudsWithout } = costs;
  const sources = bills.map(({ cloud, method, asOfMs }) => {
    const age = asOfMs === null ? "" : ` as of ${new Date(asOfMs).toISOString()}`;
    return `${cloud} by ${method}${age}`;
  });
  const known = matches.map(
    ({ currency, matchedMicros, billedMicros }) =>
      `${percent(shareOf(matchedMicros, billedMicros))} of ${currency}`,
  );
  return [
    `Spend is that of ${month}, from imported bills: ${sources.join("; ")}.`,
    `Of billed resources' spend the inventory knows ${known.join(", ")}.`,
    ...(cloudsWithout.length === 0
      ? []
      : [`No bill of ${cloudsWithout.join(", ")}: what its resources cost is not known.`]),
  ].join(" ");
}

function describe(finding: SettledFinding, terminal: Terminal): string {
  const { kind, tag, canonical, subject, examples, exampleCount, confidence, reason } = finding;
  const unlisted = exampleCount - examples.length;
  const about = [tag, ...(subject === null ? [] : [subject])].map(quoted).join(" ");
  const table = plainTable(
    ["  cloud", "found", "resources", "spend"],
    ["left", "left", "right", "right"],
  );
  for (const { cloud, text, resources, spend } of examples)
    table.push([`  ${cloud}`, quoted(text), count(resources), spendText(spend)]);
  table.push([
    `  all`,
    unlisted > 0 ? `with ${count(unlisted)} more` : "",
    count(finding.resources),
    spendText(finding.spend),
  ]);
  return [
    "",
    `${terminal.style("yellow", kind)} ${about} (${percent(confidence)} sure)`,
    table.toString(),
    `  right: ${canonical === null ? "to be decided" : quoted(canonical)}. ${REASON_TEXT[reason]}`,
  ].join("\n");
}

/** Amounts of several currencies, or methods, stand side by side and are never one. */
function spendText(spend: readonly FoundSpend[] | null): string {
  if (spend === null) return "not known";
  return spend
    .map(({ micros, currency }) => `${readableAmount(micros)} ${printable(currency)}`)
    .join(", ");
}

function policyPart(
  { policyLines }: CheckConsistencyResult,
  terminal: Terminal,
): readonly string[] {
  if (policyLines === "") return [];
  return [
    "",
    terminal.style("bold", "Lines for the policy, to be reviewed by a person:"),
    policyLines,
  ];
}

function cloudLines(result: CheckConsistencyResult, terminal: Terminal): readonly string[] {
  const clouds = result.clouds.map(({ cloud, reading, resources, unknown }) => {
    const line = `${cloud}: ${reading}, ${count(resources)} resources compared, ${count(unknown)} with unknown tags`;
    return reading === "complete"
      ? line
      : terminal.style("yellow", `${line}; nothing is concluded from what it lacks`);
  });
  const asOf = new Date(result.dataAsOf).toISOString();
  return [...clouds, terminal.style("dim", `Data as of ${asOf}. ${result.scanId}`)];
}

/** Texts come from the clouds: quoted, and without characters that act on a terminal. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\u{FFFD}"));
}
