import type { ScanProgress } from "../app/scan.ts";
import { scanProgressText } from "../app/scan-progress-text.ts";
import type { Terminal } from "./output.ts";

const INTERVAL_MS = 100;

/** Progress on stderr, one line rewritten in place; nothing where stderr is no terminal. */
export function createProgressLine(terminal: Terminal): {
  update(progress: ScanProgress): void;
  done(): void;
} {
  let lastAt = 0;
  let shown = false;
  return {
    update(progress) {
      const now = Date.now();
      if (!terminal.interactive || now - lastAt < INTERVAL_MS) return;
      lastAt = now;
      shown = true;
      const line = `scanning: ${scanProgressText(progress)}`;
      // A line that wraps could not be cleared as one.
      terminal.err(`\r\u001B[2K${line.slice(0, Math.min(terminal.width, 120) - 1)}`);
    },
    done() {
      if (shown) terminal.err("\r\u001B[2K");
      shown = false;
    },
  };
}
