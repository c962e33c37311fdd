/**
 * Code that runs on a thread of its own. In the sources a worker stands beside this file; the build
 * bundles each one to `dist/workers/<name>.js`. A new worker is its file and one line here.
 */
export const WORKER_FILES = {
  sqlite: new URL("./sqlite.ts", import.meta.url),
} as const satisfies Readonly<Record<string, URL>>;

export type WorkerName = keyof typeof WORKER_FILES;

/** Where the running program, source or bundle, finds the code of a worker. */
export function workerUrl(name: WorkerName): URL {
  if (import.meta.url.endsWith(".ts")) return WORKER_FILES[name];
  // The bundle has this file in an entry at the top of `dist` or in one of its `chunks`.
  const isChunk = new URL(".", import.meta.url).pathname.endsWith("/chunks/");
  return new URL(`${isChunk ? "../" : "./"}workers/${name}.js`, import.meta.url);
}
