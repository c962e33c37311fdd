import type { InheritedTag } from "../domain/resource.ts";
import { printable } from "./output.ts";

/** A tag that holds for a resource without being its own, as a line for people. */
export function inheritedLine({ key, value, from }: InheritedTag): string {
  const tag = `${printable(key)}=${printable(value)}`;
  return `inherited, not judged  ${tag}  from ${printable(from)}`;
}
