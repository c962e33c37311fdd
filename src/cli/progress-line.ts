import type { ScanProgress } from "../app/scan.ts";
import { count, type Terminal } from "./output.ts";

const TTY_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 2_000;

/**
 * Progress on stderr: one line rewritten in place on a terminal, a line every two seconds elsewhere.
 */
export function createProgressLine(terminal: Terminal): {
  update(progress: ScanProgress): void;
  done(): void;
} {
  const interval = terminal.interactive ? TTY_INTERVAL_MS : LOG_INTERVAL_MS;
  let lastAt = 0;
  let shown = false;
  return {
    update(progress) {
      const now = Date.now();
      if (now - lastAt < interval) return;
      lastAt = now;
      shown = true;
      const line = describe(progress);
      terminal.err(terminal.interactive ? `\r\u001B[2K${line.slice(0, 100)}` : `${line}\n`);
    },
    done() {
      if (shown && terminal.interactive) terminal.err("\r\u001B[2K");
    },
  };
}

function describe({
  cellsDone,
  cellsTotal,
  resources,
  cloud,
  account,
  region,
}: ScanProgress): string {
  const place = region === "*" ? account : `${account} ${region}`;
  return `scanning ${cellsDone}/${cellsTotal} cells, ${count(resources)} resources (${cloud} ${place})`;
}
