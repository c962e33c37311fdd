import { z } from "zod";
import { AppError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { SharedState } from "../ports/shared-state.ts";
import type { LoopLimits } from "./settings.ts";

/** What a call answered, for whoever asks the same again. */
const PreviousAnswer = z.object({
  answered_at: z.string(),
  /** Tells whether two answers were the same. */
  digest: z.string(),
  summary: z.string(),
});
export type PreviousAnswer = z.output<typeof PreviousAnswer>;

const SUMMARY_LENGTH = 1000;

/** A call that may run. */
export interface Entered {
  /** Keeps what it answered, for repetitions. */
  answered(answer: { readonly digest: string; readonly summary: string }): Promise<void>;
  /** It did not answer, and trying again is reasonable: it does not count as a repetition. */
  retryable(): Promise<void>;
}

export interface LoopGuard {
  /**
   * @param call caller, tool and canonical arguments in one text, cursors included
   * @throws {AppError} `loop_detected` with the answer that was given before
   */
  enter(call: string): Promise<Entered>;
}

/** A model that repeats itself gets its own answer back, and then a stop: over all replicas. */
export function createLoopGuard(state: SharedState, limits: LoopLimits, clock: Clock): LoopGuard {
  return {
    async enter(call) {
      const note = await state.note(`loop:${call}`, limits.windowMs);
      const answerKey = `answer:${call}`;
      if (note.count > limits.stopAfter) throw stopped(note.count, limits);
      if (note.count >= limits.repeats)
        throw repeated(note.count, limits, parsePrevious(await state.read(answerKey)));
      return {
        answered: ({ digest, summary }) => {
          const previous: PreviousAnswer = {
            answered_at: new Date(clock.now()).toISOString(),
            digest,
            summary: summary.slice(0, SUMMARY_LENGTH),
          };
          return state.write(answerKey, JSON.stringify(previous), limits.windowMs);
        },
        retryable: () => note.forget(),
      };
    },
  };
}

function parsePrevious(text: string | undefined): PreviousAnswer | undefined {
  if (text === undefined) return undefined;
  const parsed = PreviousAnswer.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

function repeated(
  count: number,
  limits: LoopLimits,
  previous: PreviousAnswer | undefined,
): AppError {
  const when =
    previous === undefined
      ? "The same call is being answered, or was refused, already."
      : `The same call was already answered at ${previous.answered_at}.`;
  return new AppError("loop_detected", `${when} This is repetition ${count}.`, {
    hint: "Use the earlier answer, change the arguments, or ask the user what they want to know.",
    retryAfterMs: limits.windowMs,
    details: previous === undefined ? {} : { previous_answer: previous },
  });
}

function stopped(count: number, limits: LoopLimits): AppError {
  return new AppError("loop_detected", `The same call was made ${count} times. Stop.`, {
    hint: "Do not call this again. Tell the user what you have and what you are missing.",
    retryAfterMs: limits.windowMs,
  });
}
