const MICROS = /Micros$/;

/** JSON of an answer to be kept; its amounts are in members named `…Micros`. */
export function answerText(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** How `JSON.parse` reads what `answerText` wrote: micros come back as bigint. Nothing is checked. */
export function withMicros(name: string, value: unknown): unknown {
  return MICROS.test(name) && typeof value === "string" ? BigInt(value) : value;
}
