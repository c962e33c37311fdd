import { cleanText } from "./untrusted-text.ts";

export interface Cut {
  /** Where in the value: `required_tags[0].allowed_values`. */
  readonly path: string;
  readonly shown: number;
  readonly total: number;
}

export interface BoundedJson {
  readonly value: Record<string, unknown>;
  /** Every list that was shortened; empty when the value is whole. */
  readonly cuts: readonly Cut[];
}

/**
 * A JSON object small enough for an answer and safe to show: every string and key cleaned, every list
 * at most `maxItems` long, and each shortened list named, so that nothing is lost silently.
 */
export function boundJson(value: Readonly<Record<string, unknown>>, maxItems: number): BoundedJson {
  const cuts: Cut[] = [];
  const visit = (part: unknown, path: string): unknown => {
    if (typeof part === "string") return cleanText(part).text;
    if (Array.isArray(part)) {
      if (part.length > maxItems) cuts.push({ path, shown: maxItems, total: part.length });
      return part.slice(0, maxItems).map((item, index) => visit(item, `${path}[${index}]`));
    }
    return typeof part === "object" && part !== null ? visitObject(part, path) : part;
  };
  const visitObject = (part: object, path: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(part).map(([key, item]: [string, unknown]) => {
        const name = cleanText(key).text;
        return [name, visit(item, path === "" ? name : `${path}.${name}`)];
      }),
    );
  return { value: visitObject(value, ""), cuts };
}
