import { z } from "zod";
import { isBaseline } from "../../app/tag-drift/baseline-text.ts";
import type {
  DetectTagDriftResult,
  DriftEnd,
  DriftEntry,
} from "../../app/tag-drift/detect-tag-drift.ts";
import { DRIFT_SEVERITIES, type DriftSeverity } from "../../domain/compliance/drift/drift.ts";
import { problemText } from "../../domain/scan/problem-text.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { count, printable, type Style, type Terminal } from "../output.ts";
import {
  freshnessOf,
  freshnessOptions,
  limitOption,
  scopeOf,
  scopeOptions,
} from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  since: z
    .string()
    .refine(isBaseline, "Give last_7_days, a date, a time in UTC, or the id of a scan.")
    .default("last_7_days"),
  until: z.string().min(1).optional(),
  ...scopeOptions,
  tag: z.string().min(1).optional(),
  severity: z.array(z.enum(DRIFT_SEVERITIES)).default([]),
  actor: z.boolean().default(false),
  ...freshnessOptions,
  limit: limitOption(20),
  json: z.boolean().default(false),
});

/** `tag-compliance drift`: exit code 3 when something in scope could not be compared. */
export async function runDriftCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.detectTagDrift({
      baseline: options.since,
      until: options.until,
      ...scopeOf(options),
      tag: options.tag,
      severities: options.severity,
      includeActor: options.actor,
      ...freshnessOf(options),
      storeSnapshot: false,
      limit: options.limit,
      cursor: undefined,
      signal,
      onProgress,
    });
    terminal.out(options.json ? jsonText(result) : render(result, terminal));
    const comparable = result.baseline.coverage.complete && result.latest.coverage.complete;
    return comparable ? EXIT.ok : EXIT.incomplete;
  });
}

const COLOURS = {
  critical: "red",
  error: "red",
  warning: "yellow",
  info: "dim",
} as const satisfies Record<DriftSeverity, Style>;

function render(result: DetectTagDriftResult, terminal: Terminal): string {
  const { tally, resources, baseline, latest } = result;
  const severities = DRIFT_SEVERITIES.filter((one) => tally.bySeverity[one] > 0).map((one) =>
    terminal.style(COLOURS[one], `${count(tally.bySeverity[one])} ${one}`),
  );
  const more = tally.total - result.changes.length;
  return [
    `${count(tally.total)} tag changes${severities.length > 0 ? `: ${severities.join(", ")}` : ""}`,
    `Resources: ${count(resources.appeared)} new, ${count(resources.gone)} gone, ${count(resources.returned)} returned`,
    ...result.changes.map((entry) => describe(entry, terminal)),
    ...(more > 0 ? ["", `and ${count(more)} more (--limit, or --json)`] : []),
    "",
    ...endLines(baseline.asOldAsAsked ? "from" : "from the oldest scan,", baseline, terminal),
    ...endLines("to", latest, terminal),
    ...(resources.changedElsewhere > 0
      ? [
          terminal.style(
            "yellow",
            `${count(resources.changedElsewhere)} changed resources are not counted: their cells were not completely read at both ends`,
          ),
        ]
      : []),
  ].join("\n");
}

function describe({ drift, resourceId, place, actor }: DriftEntry, terminal: Terminal): string {
  const { kind, severity, key, oldKey, from, to, afterMs, seenMs } = drift;
  const named = oldKey === null ? quoted(key) : `${quoted(oldKey)} to ${quoted(key)}`;
  const by =
    actor === null
      ? ""
      : `, by ${actor.actor === null ? `(${actor.reason})` : printable(actor.actor)}`;
  return [
    "",
    `${terminal.style(COLOURS[severity], severity)} ${kind} ${named}: ${value(from)} -> ${value(to)}`,
    `  ${printable(resourceId)} (${place.resourceType})`,
    `  between ${iso(afterMs)} and ${iso(seenMs)}${by}`,
  ].join("\n");
}

function endLines(
  word: string,
  { scanId, startedAt, coverage }: DriftEnd,
  terminal: Terminal,
): readonly string[] {
  const unread = coverage.groups.map((group) =>
    terminal.style("yellow", `  not comparable: ${problemText(group, { name: printable })}`),
  );
  return [terminal.style("dim", `${word} ${iso(startedAt)} ${scanId}`), ...unread];
}

function value(text: string | null): string {
  return text === null ? "none" : quoted(text);
}

/** Texts come from the clouds: quoted, and without characters that act on a terminal. */
function quoted(text: string): string {
  return JSON.stringify(printable(text));
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
