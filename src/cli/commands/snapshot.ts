import { z } from "zod";
import { openApplication } from "../application.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { processTerminal } from "../output.ts";
import { createProgressLine } from "../progress-line.ts";

const Options = z.object({
  scheduled: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** `tag-compliance snapshot`: exit code 3 when the scan could not read everything. */
export async function runSnapshotCommand(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const options = parseOptions(Options, raw);
  const terminal = processTerminal();
  const progress = createProgressLine(terminal);
  const app = openApplication(configFile);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const kind = options.scheduled ? "scheduled" : "ad_hoc";
    const scan = await app.takeSnapshot({
      kind,
      signal: interrupt.signal,
      onProgress: (step) => progress.update(step),
    });
    progress.done();
    terminal.out(
      options.json
        ? JSON.stringify({ ...scan, kind }, null, 2)
        : `${scan.id}: ${scan.status}, kept as ${kind.replace("_", " ")} snapshot`,
    );
    return scan.status === "complete" ? EXIT.ok : EXIT.incomplete;
  } finally {
    progress.done();
    process.off("SIGINT", onInterrupt);
    await app.close();
  }
}
