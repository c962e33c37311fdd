import { z } from "zod";
import type { WhatIfResult } from "../../app/what-if.ts";
import { EVERYTHING } from "../../domain/scan/scope.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, percent, printable, type Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { compilePolicyFile } from "../policy-file.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  against: z.string().optional(),
  limit: z.int().min(0).max(10_000).default(20),
  json: z.boolean().default(false),
});

/** `tag-compliance policy what-if FILE`: the stored inventory under another policy; reads no cloud. */
export async function whatIfPolicy(file: string, raw: unknown, configFile: unknown): Promise<void> {
  const { against, limit, json } = parseOptions(Options, raw);
  const after = await compilePolicyFile(file);
  const before = against === undefined ? undefined : await compilePolicyFile(against);
  await withApplication(configFile, async ({ app, terminal }) => {
    const result = await app.whatIf({ scope: EVERYTHING, before, after, limit });
    terminal.out(json ? jsonText(result) : render(result, terminal));
  });
}

function render(result: WhatIfResult, terminal: Terminal): string {
  if (result.resources === 0)
    return "The inventory is empty. Run tag-compliance scan first, then ask again.";
  const { before, after, transitions } = result;
  const scores = `Score ${percent(before.score)} -> ${terminal.style("bold", percent(after.score))} over ${count(result.resources)} stored resources.`;
  if (result.changedCount === 0) return `${scores}\nNo resource changes its verdict.`;
  const moves = plainTable(["from", "to", "resources"], ["left", "left", "right"]);
  for (const { from, to, count: moved } of transitions) moves.push([from, to, count(moved)]);
  const kinds = plainTable(["violations", "change"], ["left", "right"]);
  for (const [kind, change] of Object.entries(result.kinds))
    kinds.push([kind, change > 0 ? `+${count(change)}` : count(change)]);
  return [
    scores,
    moves.toString(),
    ...(kinds.length > 0 ? [kinds.toString()] : []),
    ...changedLines(result),
  ].join("\n\n");
}

function changedLines({ changed, changedCount }: WhatIfResult): readonly string[] {
  if (changed.length === 0) return [];
  const lines = changed.map(
    ({ from, to, resourceId, newKinds, settledKinds }) =>
      `  ${from} -> ${to}  ${printable(resourceId)}  ${[...newKinds.map((kind) => `+${kind}`), ...settledKinds.map((kind) => `-${kind}`)].join(" ")}`,
  );
  const rest = changedCount - changed.length;
  return [[...lines, ...(rest > 0 ? [`  and ${count(rest)} more (--limit)`] : [])].join("\n")];
}
