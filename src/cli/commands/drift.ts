import { z } from "zod";
import { isBaseline } from "../../app/tag-drift/baseline-text.ts";
import type {
  DetectTagDriftResult,
  DriftEnd,
  DriftEntry,
} from "../../app/tag-drift/detect-tag-drift.ts";
import { CLOUDS } from "../../domain/cloud.ts";
import { DRIFT_SEVERITIES, type DriftSeverity } from "../../domain/compliance/drift/drift.ts";
import { problemText } from "../../domain/scan/problem-text.ts";
import { openApplication } from "../application.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { count, printable, processTerminal, type Style, type Terminal } from "../output.ts";
import { createProgressLine } from "../progress-line.ts";

const Options = z.object({
  since: z
    .string()
    .refine(isBaseline, "Give last_7_days, a date, a time in UTC, or the id of a scan.")
    .default("last_7_days"),
  until: z.string().min(1).optional(),
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  region: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
  tag: z.string().min(1).optional(),
  severity: z.array(z.enum(DRIFT_SEVERITIES)).default([]),
  actor: z.boolean().default(false),
  maxAge: z.number().min(0).optional(),
  limit: z.int().min(1).max(1000).default(20),
  json: z.boolean().default(false),
});

/** `tag-compliance drift`: exit code 3 when something in scope could not be compared. */
export async function runDriftCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const terminal = processTerminal();
  const progress = createProgressLine(terminal);
  const app = openApplication(configFile);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const result = await app.detectTagDrift({
      baseline: options.since,
      until: options.until,
      clouds: options.cloud,
      accounts: options.account,
      regions: options.region,
      resourceTypes: options.type,
      tag: options.tag,
      severities: options.severity,
      includeActor: options.actor,
      maxAgeMinutes: options.maxAge,
      refresh: false,
      storeSnapshot: false,
      limit: options.limit,
      cursor: undefined,
      signal: interrupt.signal,
      onProgress: (step) => progress.update(step),
    });
    progress.done();
    terminal.out(options.json ? JSON.stringify(result, null, 2) : render(result, terminal));
    const comparable = result.baseline.coverage.complete && result.latest.coverage.complete;
    return comparable ? EXIT.ok : EXIT.incomplete;
  } finally {
    progress.done();
    process.off("SIGINT", onInterrupt);
    await app.close();
  }
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
