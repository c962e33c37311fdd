import { z } from "zod";
import type { CheckComplianceRequest, CheckComplianceResult } from "../../app/check-compliance.ts";
import { SEVERITIES } from "../../domain/compliance/violation.ts";
import { renderCompliance } from "../compliance-table.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import {
  freshnessOf,
  freshnessOptions,
  limitOption,
  scopeOf,
  scopeOptions,
} from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const ScanOptions = z.object({
  ...scopeOptions,
  limit: limitOption(5),
  severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
  storeSnapshot: z.boolean().default(false),
  failOn: z.enum(SEVERITIES).optional(),
  json: z.boolean().default(false),
});
const CheckOptions = ScanOptions.extend(freshnessOptions);
type Options = z.output<typeof ScanOptions>;
type Freshness = Pick<CheckComplianceRequest, "maxAgeMinutes" | "refresh">;

/** `tag-compliance scan`: always reads the clouds. */
export async function runScanCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(ScanOptions, raw);
  return judge(options, { maxAgeMinutes: undefined, refresh: true }, configFile);
}

/** `tag-compliance check`: the same answer, from the stored inventory when that is young enough. */
export async function runCheckCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(CheckOptions, raw);
  return judge(options, freshnessOf(options), configFile);
}

async function judge(
  options: Options,
  freshness: Freshness,
  configFile: unknown,
): Promise<ExitCode> {
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const result = await app.checkCompliance({
      ...scopeOf(options),
      ...freshness,
      severity: options.severity,
      storeSnapshot: options.storeSnapshot,
      limit: options.limit,
      cursor: undefined,
      signal,
      onProgress,
    });
    terminal.out(options.json ? toJson(result) : renderCompliance(result, terminal));
    return exitCode(result, options);
  });
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
