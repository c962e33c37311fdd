/** Where a worker of this folder stands in the sources; the build bundles it to `dist/workers/<name>.js`. */
export const BILL_WORKERS = {
  "bill-reader": new URL("./bill-reader.ts", import.meta.url),
} as const satisfies Readonly<Record<string, URL>>;

/** Where the running program, source or bundle, finds the reader's code. */
export function billReaderUrl(): URL {
  if (import.meta.url.endsWith(".ts")) return BILL_WORKERS["bill-reader"];
  // The bundle has this file in an entry at the top of `dist` or in one of its `chunks`.
  const isChunk = new URL(".", import.meta.url).pathname.endsWith("/chunks/");
  return new URL(`${isChunk ? "../" : "./"}workers/bill-reader.js`, import.meta.url);
}
