const MICROS = /Micros$/;

/** JSON of an answer to be kept; its amounts are in members named `…Micros`. */
export function answerText(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** Only for what `answerText` wrote of the same type: micros come back as bigint, nothing is checked. */
export function answerOf<T>(text: string): T {
  const answer: T = JSON.parse(text, (name, value: unknown) =>
    MICROS.test(name) && typeof value === "string" ? BigInt(value) : value,
  );
  return answer;
}
