import type { Application } from "../compose.ts";
import type { ScanProgress } from "../app/scan.ts";
import { openApplication } from "./application.ts";
import { processTerminal, type Terminal } from "./output.ts";
import { createProgressLine } from "./progress-line.ts";

/** What a command works with while it runs. */
export interface Run {
  readonly app: Application;
  /** Its `out` first clears the line of progress. */
  readonly terminal: Terminal;
  /** Aborts on Ctrl+C. */
  readonly signal: AbortSignal;
  readonly onProgress: (step: ScanProgress) => void;
}

/**
 * Opens the product, does `work`, and closes it whatever happens: every command that needs more than
 * files runs so.
 */
export async function withApplication<Result>(
  configFile: unknown,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const terminal = processTerminal();
  const progress = createProgressLine(terminal);
  const app = openApplication(configFile);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const out = (text: string): void => {
    progress.done();
    terminal.out(text);
  };
  try {
    return await work({
      app,
      terminal: { ...terminal, out },
      signal: interrupt.signal,
      onProgress: (step) => progress.update(step),
    });
  } finally {
    progress.done();
    process.off("SIGINT", onInterrupt);
    await app.close();
  }
}
