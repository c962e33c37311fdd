import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run bench -- NAME [--json] [--key value …]`: runs `bench/NAME.ts` and prints its figures, as one
 * JSON line or as a list. Figures are measured on this machine at this moment; compare within one run.
 */
type Figures = Readonly<Record<string, number | string>>;
interface Benchmark {
  run(options: Readonly<Record<string, string>>): Promise<Figures>;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), "../bench");
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -3));
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Usage: npm run bench -- NAME [--json]\nNames: ${names.join(", ")}\n`);
  process.exit(2);
}

const options: Record<string, string> = {};
for (let at = 0; at < rest.length; at += 1) {
  const word = rest[at] ?? "";
  if (!word.startsWith("--") || word === "--json") continue;
  options[word.slice(2)] = rest[at + 1] ?? "";
  at += 1;
}
const benchmark: Benchmark = await import(join(folder, `${name}.ts`));
const figures = await benchmark.run(options);
process.stdout.write(
  rest.includes("--json")
    ? `${JSON.stringify({ bench: name, node: process.version, ...figures })}\n`
    : `${Object.entries(figures)
        .map(([figure, value]) => `${figure.padEnd(36)} ${value}`)
        .join("\n")}\n`,
);
