import { z } from "zod";
import { REPORT_FORMATS, REPORT_SECTIONS } from "../../domain/report/model.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { formatOf, writeOut } from "../out-file.ts";
import { freshnessOf, freshnessOptions, scopeOf, scopeOptions } from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  ...scopeOptions,
  ...freshnessOptions,
  format: z.enum(REPORT_FORMATS).optional(),
  section: z.array(z.enum(REPORT_SECTIONS)).default([]),
  locale: z.string().default("en-US"),
  out: z.string().min(1).optional(),
});

/** `tag-compliance report`: exit code 3 when parts of the scope could not be read. */
export async function runReportCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const { section, locale, out } = options;
  const format = formatOf(REPORT_FORMATS, options, "markdown");
  return withApplication(configFile, async ({ app, signal, onProgress }) => {
    const { file, report } = await app.generateReport({
      ...scopeOf(options),
      ...freshnessOf(options),
      format,
      sections: section,
      locale,
      signal,
      onProgress,
    });
    await writeOut(out, [file.bytes]);
    return report.coverage.complete ? EXIT.ok : EXIT.incomplete;
  });
}
