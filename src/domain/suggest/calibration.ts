/** Turns a score into the share of such scores that was right. */
export type Calibration = (score: number) => number;

export interface Scored {
  readonly score: number;
  readonly right: boolean;
}

interface Block {
  right: number;
  count: number;
  /** Highest score in it. */
  upTo: number;
}

/** Outcomes that a step rests on at least: fewer promise what chance did. */
const LEAST_OUTCOMES = 25;
/** Imaginary outcomes in every step, half of them right: no step is ever quite sure. */
const PRIOR = 2;

/**
 * Isotonic regression by pooling adjacent violators (Zadrozny and Elkan, 2002): the step function that
 * never falls with the score and fits best. Where there were no outcomes nothing is promised.
 */
export function calibrate(outcomes: readonly Scored[]): Calibration {
  const pooled: Block[] = [];
  for (const block of blocksOf(outcomes)) {
    pooled.push(block);
    for (;;) {
      const last = pooled.at(-1);
      const before = pooled.at(-2);
      if (last === undefined || before === undefined || share(before) < share(last)) break;
      pooled.pop();
      absorb(before, last);
    }
  }
  let highest = 0;
  const steps = pooled.map(({ upTo, right, count }) => {
    // The prior weighs more in a smaller step; it must not turn their order around.
    highest = Math.max(highest, (right + PRIOR / 2) / (count + PRIOR));
    return { upTo, probability: highest };
  });
  const lowest = Math.min(...outcomes.map(({ score }) => score));
  return (score) => {
    // Below everything that was tried, nothing is known.
    if (!(score >= lowest)) return 0;
    return (steps.find(({ upTo }) => score <= upTo) ?? steps.at(-1))?.probability ?? 0;
  };
}

/** Neighbours by score, equal scores together, enough of them in each. */
function blocksOf(outcomes: readonly Scored[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const { score, right } of outcomes.toSorted((a, b) => a.score - b.score)) {
    const own: Block = { right: right ? 1 : 0, count: 1, upTo: score };
    const last = blocks.at(-1);
    if (last !== undefined && (last.count < LEAST_OUTCOMES || last.upTo === score))
      absorb(last, own);
    else blocks.push(own);
  }
  return blocks;
}

function absorb(block: Block, next: Block): void {
  block.right += next.right;
  block.count += next.count;
  block.upTo = next.upTo;
}

const share = ({ right, count }: Block): number => right / count;

const BINS = 10;

/**
 * Expected calibration error (Naeini et al., 2015): how far promises are from what came true, weighted by
 * how often they were made. 0 is perfect. Null without promises.
 */
export function calibrationError(
  promises: readonly { readonly probability: number; readonly right: boolean }[],
): number | null {
  if (promises.length === 0) return null;
  const bins = Array.from({ length: BINS }, () => ({ promised: 0, right: 0, count: 0 }));
  for (const { probability, right } of promises) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))];
    if (bin === undefined) continue;
    bin.promised += probability;
    bin.right += right ? 1 : 0;
    bin.count += 1;
  }
  const off = bins.reduce((sum, { promised, right }) => sum + Math.abs(promised - right), 0);
  return off / promises.length;
}
