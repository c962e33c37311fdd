import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Programs write a file in several steps; one look after the last is enough. */
const SETTLE_MS = 200;

/**
 * Calls `touched` once a file was written, replaced, made or removed, until `signal` aborts. Its folder is
 * watched, because a file that is replaced takes a watch on itself along. Never keeps the process alive.
 * Silent where that cannot be: no such folder, a file system that reports nothing.
 */
export function watchFile(path: string, touched: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const name = basename(path);
  let settle: NodeJS.Timeout | undefined;
  const watcher = watchFolder(dirname(path));
  watcher?.on("change", (_event, changed) => {
    if (!concerns(changed, name)) return;
    clearTimeout(settle);
    settle = setTimeout(touched, SETTLE_MS).unref();
  });
  // Its folder is gone: changes are seen when the file is next used.
  watcher?.on("error", () => watcher.close());
  signal.addEventListener(
    "abort",
    () => {
      clearTimeout(settle);
      watcher?.close();
    },
    { once: true },
  );
}

function watchFolder(folder: string): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false });
  } catch {
    return undefined;
  }
}

/**
 * Kubernetes replaces the files of a mounted ConfigMap by turning a link of the folder, `..data`, to
 * another one (kubernetes.io/docs/concepts/configuration/configmap).
 */
function concerns(changed: string | Buffer | null, name: string): boolean {
  const text = changed?.toString() ?? name;
  return text === name || text.startsWith("..");
}
