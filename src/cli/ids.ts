import { z } from "zod";
import { parseOptions } from "./options.ts";
import { readText } from "./read-text.ts";

const Ids = z.object({
  ids: z
    .array(z.string())
    .min(1, "Name at least one resource id.")
    .max(100, "At most 100 ids at once; split the list."),
});

/**
 * Ids named on the command line and in a file.
 * @throws {AppError} `invalid_input`
 */
export async function readIds(
  named: readonly string[],
  file: string | undefined,
): Promise<readonly string[]> {
  const listed = file === undefined ? "" : await readText(file);
  const ids = [...named, ...listed.split(/\s+/)].filter((id) => id !== "");
  return parseOptions(Ids, { ids }).ids;
}
