import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { z } from "zod";
import { BILL_WORKERS } from "../src/cost-files/worker-entries.ts";
import { WORKER_FILES } from "../src/storage/workers/entries.ts";

/**
 * Bundles every entry with all of its dependencies, so that the published package has none to install
 * and starts fast. Code that a command does not use stays in its own chunk and is not loaded.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

// CommonJS dependencies call `require` for Node's own modules; an ES module has to make it.
const REQUIRE = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().default("see below"),
});

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    cli: "src/cli/main.ts",
    sandbox: "sandbox/main.ts",
    demo: "sandbox/demo/main.ts",
    ...Object.fromEntries(
      Object.entries({ ...WORKER_FILES, ...BILL_WORKERS }).map(([name, file]) => [
        `workers/${name}`,
        fileURLToPath(file),
      ]),
    ),
  },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // The ES module of each SDK, not its CommonJS twin: only that one loses its unused parts.
  mainFields: ["module", "main"],
  chunkNames: "chunks/[name]-[hash]",
  loader: { ".yaml": "text" },
  banner: { js: REQUIRE },
  // Names stay as they are written: esbuild's `keepNames` would name every function again when it is made.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  // Native code is not bundled; DuckDB is an optional dependency, loaded when a bill is read.
  external: ["@duckdb/node-api", "pg-native"],
  metafile: true,
  logLevel: "warning",
});
writeFileSync(join(dist, "THIRD_PARTY_LICENSES.txt"), licences(metafile));

/** Names, versions and licence texts of every package whose code is in the bundle. */
function licences(built: Metafile): string {
  const packages = new Set(
    Object.keys(built.inputs).flatMap((input) => {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      return found === undefined ? [] : [found];
    }),
  );
  return [...packages].toSorted().map(licenceOf).join("\n\n");
}

function licenceOf(folder: string): string {
  const manifest = Manifest.parse(
    JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")),
  );
  const text = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE", "License"]
    .map((file) => read(join(root, folder, file)))
    .find((found) => found !== undefined);
  const title = `${manifest.name} ${manifest.version} (${manifest.license})`;
  return `${title}\n${"-".repeat(title.length)}\n${text ?? "See the package for its licence text."}`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Under another name; the next candidate is tried.
  }
}
