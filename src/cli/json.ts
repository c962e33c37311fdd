/** Indented JSON of an answer: micros, which JSON numbers cannot hold exactly, as text; maps as objects. */
export function jsonText(answer: unknown): string {
  return JSON.stringify(answer, plain, 2);
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
