import { z } from "zod";
import type { CheckComplianceRequest, CheckComplianceResult } from "../../app/check-compliance.ts";
import { CLOUDS } from "../../domain/cloud.ts";
import { SEVERITIES } from "../../domain/compliance/violation.ts";
import { openApplication } from "../application.ts";
import { renderCompliance } from "../compliance-table.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { processTerminal } from "../output.ts";
import { createProgressLine } from "../progress-line.ts";

const Options = z.object({
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  region: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
  maxAge: z.number().min(0).optional(),
  limit: z.int().min(1).max(1000).default(5),
  severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
  storeSnapshot: z.boolean().default(false),
  failOn: z.enum(SEVERITIES).optional(),
  json: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

/** `tag-compliance scan`: always reads the clouds, unless `--max-age` allows a stored answer. */
export async function runScanCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const terminal = processTerminal();
  const progress = createProgressLine(terminal);
  const app = openApplication(configFile);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const result = await app.checkCompliance(
      toRequest(options, interrupt.signal, (step) => progress.update(step)),
    );
    progress.done();
    terminal.out(options.json ? toJson(result) : renderCompliance(result, terminal));
    return exitCode(result, options);
  } finally {
    progress.done();
    process.off("SIGINT", onInterrupt);
    await app.close();
  }
}

function toRequest(
  options: Options,
  signal: AbortSignal,
  onProgress: NonNullable<CheckComplianceRequest["onProgress"]>,
): CheckComplianceRequest {
  return {
    clouds: options.cloud,
    accounts: options.account,
    regions: options.region,
    resourceTypes: options.type,
    severity: options.severity,
    maxAgeMinutes: options.maxAge,
    refresh: options.maxAge === undefined,
    storeSnapshot: options.storeSnapshot,
    limit: options.limit,
    cursor: undefined,
    signal,
    onProgress,
  };
}

/** Dates as ISO text; everything else as the use case gave it. */
function toJson(result: CheckComplianceResult): string {
  return jsonText({ ...result, dataAsOf: new Date(result.dataAsOf).toISOString() });
}

function exitCode(result: CheckComplianceResult, { failOn }: Options): ExitCode {
  const breaks = result.tally.some(
    ({ severity, count }) => count > 0 && (failOn === "warning" || severity === failOn),
  );
  if (failOn !== undefined && breaks) return EXIT.violations;
  return result.coverage.complete ? EXIT.ok : EXIT.incomplete;
}
