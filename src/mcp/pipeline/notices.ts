import type { CallNotice } from "../define.ts";

/** More would bury what a person reads; the answer tells of everything. */
const MOST_NOTICES = 20;

export interface Notices {
  tell(notice: CallNotice): void;
  /** Before the answer: tells how many were not passed on. Nothing is passed on after it. */
  end(): void;
}

/** Passes on the first notices of a call, and counts the rest. */
export function createNotices(send: (notice: CallNotice) => void): Notices {
  let told = 0;
  let ended = false;
  return {
    tell(notice) {
      if (ended) return;
      told += 1;
      if (told <= MOST_NOTICES) send(notice);
    },
    end() {
      if (ended) return;
      ended = true;
      const more = told - MOST_NOTICES;
      if (more <= 0) return;
      const message = `and ${more} more`;
      send({ level: "warning", code: "more_notices", message, details: { count: more } });
    },
  };
}
