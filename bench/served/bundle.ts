import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { WORKER_FILES } from "../../src/storage/workers/entries.ts";

// CommonJS dependencies call `require` for Node's own modules; an ES module has to make it.
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;
/** What the published command begins with. */
const SMALL_HEAP = join(import.meta.dirname, "../../bin/small-heap.js");

export interface Bundled {
  /** What `node` is started with, before the program's own arguments. */
  readonly command: readonly string[];
  readonly remove: () => void;
}

/**
 * Makes a program of ours what the product is when it is shipped: running the sources takes time and
 * memory for stripping their types.
 */
export async function bundle(program: URL): Promise<Bundled> {
  const folder = mkdtempSync(join(tmpdir(), "bundled-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  await build({
    entryPoints: {
      program: fileURLToPath(program),
      "workers/sqlite": fileURLToPath(WORKER_FILES.sqlite),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    chunkNames: "chunks/[name]-[hash]",
    banner: { js: REQUIRE },
    external: ["pg-native"],
  });
  return {
    command: ["--import", SMALL_HEAP, join(folder, "program.js")],
    remove: () => rmSync(folder, { recursive: true }),
  };
}
