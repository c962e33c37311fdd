import { z } from "zod";
import type { ImportBillsResult } from "../../app/cost/import-bills.ts";
import { parentCostKeys } from "../../domain/cost/parents.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, printable, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  format: z.enum(["auto", "focus", "cur"]).default("auto"),
  source: z.string().min(1).max(100).default("default"),
  period: z.string().optional(),
  json: z.boolean().default(false),
});

/** `tag-compliance cost import`: exit code 3 when lines of the files could not be kept. */
export async function runCostImport(
  paths: readonly string[],
  raw: unknown,
  configFile: unknown,
): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal }) => {
    const result = await app.importBills({
      paths,
      format: options.format,
      source: options.source,
      period: options.period ?? null,
      signal,
    });
    terminal.out(options.json ? jsonText(result) : render(result, terminal));
    return result.facts.linesLeftOut > 0 ? EXIT.incomplete : EXIT.ok;
  });
}

function render({ bills, facts, groups }: ImportBillsResult, terminal: Terminal): string {
  const table = plainTable(
    ["cloud", "month", "source", "lines", "keys without any value"],
    ["left", "left", "left", "right", "left"],
  );
  for (const { cloud, month, source, lines, keys } of bills) {
    const parents = new Set(parentCostKeys(cloud).map(({ tag }) => tag));
    const absent = keys
      .filter(({ tag, state }) => state === "inactive" && !parents.has(tag))
      .map(({ tag }) => printable(tag));
    table.push([cloud, month, printable(source), count(lines), absent.join(", ")]);
  }
  const left =
    facts.linesLeftOut === 0
      ? []
      : [terminal.style("yellow", `${count(facts.linesLeftOut)} lines were left out.`)];
  return [
    table.toString(),
    "",
    `${count(facts.lines)} lines of ${count(facts.files)} ${facts.method.toUpperCase()} files, kept as ${count(groups)} aggregates.`,
    ...left,
    terminal.style("dim", "Next: tag-compliance gap --period <month>"),
  ].join("\n");
}
