import { TAG_GAPS, type TagGap } from "../../domain/compliance/tag-gap.ts";

/** A gap as its column holds it: 1 is the first of `TAG_GAPS`; null is none. */
export type GapNumber = number;

export function gapNumber(gap: TagGap): GapNumber {
  return TAG_GAPS.indexOf(gap) + 1;
}

/** Undefined when no gap has this number. */
export function gapOfNumber(number: GapNumber): TagGap | undefined {
  return TAG_GAPS[number - 1];
}

export const UNKNOWN_GAP: GapNumber = gapNumber("unknown");

const NEVER_TAGGED: GapNumber = gapNumber("never_tagged");
const EMPTIED: GapNumber = gapNumber("emptied");

/** Of a resource what it lacks once an earlier read is known to have seen a tag on it. */
export function gapOnceTagged(gap: GapNumber | null): GapNumber | null {
  return gap === NEVER_TAGGED ? EMPTIED : gap;
}
