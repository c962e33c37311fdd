import { z } from "zod";
import type { ResourceSuggestions, SuggestTagsResult } from "../../app/suggest-tags.ts";
import { DEFAULT_MIN_CONFIDENCE, type TagAccuracy } from "../../domain/suggest/suggester.ts";
import { evidenceText } from "../../domain/suggest/evidence-text.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { readIds } from "../ids.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, percent, printable, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { freshnessOf, freshnessOptions } from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const confidence = z.number().min(0).max(1).default(DEFAULT_MIN_CONFIDENCE);

const Options = z.object({
  from: z.string().optional(),
  tag: z.array(z.string()).default([]),
  minConfidence: confidence,
  ...freshnessOptions,
  json: z.boolean().default(false),
});
const BacktestOptions = z.object({ minConfidence: confidence, json: z.boolean().default(false) });

/** `tag-compliance suggest ID…`. Exits 3 when a resource could not be read. */
export async function runSuggestCommand(
  named: readonly string[],
  raw: unknown,
  configFile: unknown,
): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const ids = await readIds(named, options.from);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.suggestTags({
      ids,
      tags: options.tag,
      minConfidence: options.minConfidence,
      ...freshnessOf(options),
      signal,
      onProgress,
    });
    terminal.out(options.json ? jsonText(result) : render(result, terminal));
    return result.results.some(({ status }) => status === "unknown") ? EXIT.incomplete : EXIT.ok;
  });
}

/** `tag-compliance suggest backtest`: from the stored inventory; no cloud is asked. */
export async function runBacktestCommand(raw: unknown, configFile: unknown): Promise<void> {
  const options = parseOptions(BacktestOptions, raw);
  return withApplication(configFile, async ({ app, terminal }) => {
    const result = await app.backtestSuggestions(options.minConfidence);
    if (options.json) {
      terminal.out(jsonText(result));
      return;
    }
    const { accuracy, learnedFrom } = result;
    terminal.out(
      accuracy.length === 0
        ? `Nothing can be learned from ${count(learnedFrom)} stored resources. Run a scan first: tag-compliance scan`
        : [
            accuracyTable(accuracy),
            "",
            terminal.style(
              "dim",
              `${count(learnedFrom)} resources, oldest 60 % learned, next 20 % calibrated, youngest 20 % tested.\nsure: confidence of at least ${percent(options.minConfidence)}. error: expected calibration error. majority and substring: what guessing\nthe most frequent value, or a value found in the id, would have got right.`,
            ),
          ].join("\n"),
    );
  });
}

const HIDDEN_TEXT = { the_tag: "the tag", all_tags: "all tags" } as const;

function accuracyTable(accuracy: readonly TagAccuracy[]): string {
  const table = plainTable(
    [
      "tag",
      "cloud",
      "hidden",
      "tested",
      "right",
      "sure",
      "right if sure",
      "error",
      "majority",
      "substring",
    ],
    ["left", "left", "left", "right", "right", "right", "right", "right", "right", "right"],
  );
  for (const one of accuracy)
    table.push([
      printable(one.tag),
      one.cloud,
      HIDDEN_TEXT[one.hidden],
      count(one.tested),
      percent(one.top1),
      percent(one.coverage),
      percent(one.accuracyWhenSure),
      one.calibrationError === null ? "n/a" : one.calibrationError.toFixed(3),
      percent(one.majority),
      percent(one.substring),
    ]);
  return table.toString();
}

function render(result: SuggestTagsResult, terminal: Terminal): string {
  return [
    ...result.results.map((one) => lines(one, terminal).join("\n")),
    terminal.style(
      "dim",
      `Learned from ${count(result.learnedFrom)} resources; tag-compliance suggest backtest says how far to trust it. Nothing was changed.`,
    ),
  ].join("\n\n");
}

function lines(
  { id, status, suggestions, withoutSuggestion }: ResourceSuggestions,
  terminal: Terminal,
): readonly string[] {
  const nothing = suggestions.length === 0 && withoutSuggestion.length === 0;
  return [
    `${terminal.style("bold", printable(id))}  ${terminal.style("dim", status)}`,
    ...suggestions.map(
      ({ key, value, confidence: sure, evidence }) =>
        `  ${printable(key)} = ${printable(value)}  ${percent(sure)}  ${terminal.style("dim", evidenceText(evidence))}`,
    ),
    ...withoutSuggestion.map(
      (tag) =>
        `  ${printable(tag)}  ${terminal.style("yellow", "too little is known to suggest a value")}`,
    ),
    ...(nothing ? [terminal.style("dim", "  nothing to suggest")] : []),
  ];
}
