import { z } from "zod";
import { CLOUDS } from "../../domain/cloud.ts";
import { GAP_GROUPINGS } from "../../domain/cost/gap.ts";
import { costGapOutput, toCostGapOutput } from "../../mcp/cost-gap-output.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { renderGap } from "../gap-table.ts";
import { parseOptions } from "../options.ts";
import { limitOption } from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  cloud: z.array(z.enum(CLOUDS)).default([]),
  account: z.array(z.string()).default([]),
  region: z.array(z.string()).default([]),
  type: z.array(z.string()).default([]),
  period: z.string().default("last_month"),
  by: z.enum(GAP_GROUPINGS).optional(),
  tag: z.array(z.string().min(1)).default([]),
  metric: z.enum(["effective", "billed"]).default("effective"),
  target: z.number().gt(0).max(1).default(0.9),
  limit: limitOption(10),
  refresh: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  json: z.boolean().default(false),
});

/**
 * `tag-compliance gap`: exit code 3 when the bill of a cloud, or a part of one, could not be read or
 * measured.
 */
export async function runGapCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal }) => {
    const result = await app.getCostGap({
      clouds: options.cloud,
      accounts: options.account,
      regions: options.region,
      resourceTypes: options.type,
      period: options.period,
      groupBy: options.by ?? null,
      tags: options.tag,
      metric: options.metric,
      target: options.target,
      dryRun: options.dryRun,
      refresh: options.refresh,
      signal,
    });
    const limits = { rows: options.limit, steps: options.limit };
    terminal.out(
      options.json
        ? JSON.stringify(costGapOutput.parse(toCostGapOutput(result, limits)), null, 2)
        : renderGap(result, options.limit, terminal),
    );
    const whole =
      result.without.length === 0 &&
      result.figures.every(({ obstacle, missing }) => obstacle === null && missing.length === 0);
    return whole || options.dryRun ? EXIT.ok : EXIT.incomplete;
  });
}
