import { z } from "zod";
import { EXIT, type ExitCode } from "../failure.ts";
import { jsonText } from "../json.ts";
import { parseOptions } from "../options.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({
  scheduled: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** `tag-compliance snapshot`: exit code 3 when the scan could not read everything. */
export async function runSnapshotCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  return withApplication(configFile, async ({ app, terminal, signal, onProgress }) => {
    const kind = options.scheduled ? "scheduled" : "ad_hoc";
    const scan = await app.takeSnapshot({
      kind,
      signal,
      onProgress,
    });
    terminal.out(
      options.json
        ? jsonText({ ...scan, kind })
        : `${scan.id}: ${scan.status}, kept as ${kind.replace("_", " ")} snapshot`,
    );
    return scan.status === "complete" ? EXIT.ok : EXIT.incomplete;
  });
}
