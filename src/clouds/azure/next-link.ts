import { azureMalformed } from "./errors.ts";

/** Only the path of a link is followed, on our own endpoint: a link must not lead a token elsewhere. */
export function pathOf(nextLink: string | null | undefined, operation: string): string | undefined {
  if (nextLink === undefined || nextLink === null || nextLink === "") return undefined;
  if (!URL.canParse(nextLink)) throw azureMalformed(operation);
  const { pathname, search } = new URL(nextLink);
  return `${pathname}${search}`;
}
