import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** Where `plainJson` belongs in a command's middleware stack: closest to the wire. */
export const NEXT_TO_WIRE = { step: "deserialize", priority: "low", name: "plainJson" } as const;

const EMPTY = new TextEncoder().encode("{}");

/**
 * Gives a command's answer as `JSON.parse` does, and the SDK an empty one. The SDK signs, sends and reads
 * errors as always; only its walk over every member of an answer is left out, which takes several times
 * as long as parsing the text. For lists that a scan reads by the thousand.
 */
export function plainJson(keep: (answer: unknown) => void) {
  return <Args, Result extends { readonly response: unknown }>(
    next: (args: Args) => Promise<Result>,
  ) =>
    async (args: Args): Promise<Result> => {
      const result = await next(args);
      const { response } = result;
      if (isAnswer(response) && response.statusCode === 200) {
        keep(JSON.parse(await text(response.body)));
        Object.assign(response, { body: EMPTY });
      }
      return result;
    };
}

function isAnswer(
  response: unknown,
): response is { readonly statusCode: unknown; readonly body: Readable } {
  return (
    typeof response === "object" &&
    response !== null &&
    "statusCode" in response &&
    "body" in response &&
    response.body instanceof Readable
  );
}
