import { measureAnswers } from "../test/answer-size/measure.ts";

/**
 * Tokens of the answer of every tool that reads the store, with default arguments and with those that make
 * it longest, over a wide estate. `--resources 1000000`
 */
export async function run(
  options: Readonly<Record<string, string>>,
): Promise<Record<string, string | number>> {
  const resources = Number(options["resources"] ?? 1_000_000);
  const sizes = await measureAnswers(resources);
  const of = (which: string): readonly number[] =>
    sizes.filter((one) => one.arguments === which).map(({ tokens }) => tokens);
  return {
    resources,
    ...Object.fromEntries(
      sizes.map(({ tool, arguments: which, tokens, error }) => [
        `${tool} ${which}`,
        error === undefined ? tokens : `${tokens} (${error})`,
      ]),
    ),
    "longest by default": Math.max(...of("default")),
    "longest of all": Math.max(...of("largest")),
  };
}
