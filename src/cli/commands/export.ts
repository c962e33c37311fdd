import { z } from "zod";
import { EXPORT_COLUMNS, EXPORT_FORMATS } from "../../domain/report/export-columns.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { formatOf, writeOut } from "../out-file.ts";
import { count } from "../output.ts";
import { freshnessOf, freshnessOptions, scopeOf, scopeOptions } from "../scope-options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  ...scopeOptions,
  ...freshnessOptions,
  format: z.enum(EXPORT_FORMATS).optional(),
  columns: z.array(z.enum(EXPORT_COLUMNS)).default([]),
  severity: z.enum(["all", "errors_only", "warnings_only"]).default("all"),
  out: z.string().min(1).optional(),
});

/** `tag-compliance export`: exit code 3 when parts of the scope could not be read. */
export async function runExportCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const { columns, severity, out } = options;
  const format = formatOf(EXPORT_FORMATS, options, "csv");
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const violations = await app.exportViolations({
      ...scopeOf(options),
      ...freshnessOf(options),
      format,
      columns,
      severity,
      signal,
      onProgress,
    });
    await writeOut(out, violations.chunks);
    const { rowCount, changed } = violations.written();
    const late = changed ? " The inventory changed meanwhile: rows may be missing or old." : "";
    terminal.err(`${count(rowCount)} violations written.${late}\n`);
    return violations.coverage.complete && !changed ? EXIT.ok : EXIT.incomplete;
  });
}
