#!/usr/bin/env node
// Plain JavaScript that any Node can parse: an old Node must reach the message below, not a syntax error.
import { existsSync } from "node:fs";
import module from "node:module";

const NEEDED_MAJOR = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < NEEDED_MAJOR) {
  process.stderr.write(
    `tag-compliance needs Node ${NEEDED_MAJOR} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      `Install Node ${NEEDED_MAJOR} (https://nodejs.org), then run the same command again.\n`,
  );
  process.exit(4);
}

// The sandbox and the demo are programs of their own: the product never loads the simulated clouds.
const [command, ...rest] = process.argv.slice(2);
const isOwnProgram = command === "sandbox" || command === "demo";
const entry = new URL(`../dist/${isOwnProgram ? command : "cli"}.js`, import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write("tag-compliance is not built yet. In the repository, run: npm run build\n");
  process.exit(4);
}
await import("./small-heap.js");
module.enableCompileCache?.();
const { main } = await import(entry.href);
await main(isOwnProgram ? rest : process.argv.slice(2));
