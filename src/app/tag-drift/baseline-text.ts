/** What drift is measured from: a scan by its id, or the last one that had ended by a moment. */
export type BaselineChoice = { readonly scanId: string } | { readonly atMs: number };

const MS_PER_DAY = 86_400_000;
const LOOK_BACK = /^last_(\d{1,3})_days?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;
const SCAN_ID = /^scan_\w{1,64}$/;

/** `last_7_days`, a UTC date (its first instant) or time, or the id of a scan. */
export function isBaseline(text: string): boolean {
  return (
    LOOK_BACK.test(text) ||
    SCAN_ID.test(text) ||
    (MOMENT.test(text) && !Number.isNaN(Date.parse(text)))
  );
}

/** @param text one that `isBaseline` accepts. */
export function toBaselineChoice(text: string, nowMs: number): BaselineChoice {
  const days = LOOK_BACK.exec(text)?.[1];
  if (days !== undefined) return { atMs: nowMs - Number(days) * MS_PER_DAY };
  return SCAN_ID.test(text) ? { scanId: text } : { atMs: Date.parse(text) };
}
