import { createChangeLog } from "../app/change-log.ts";
import type { ChangeLog } from "../ports/change-log.ts";
import type { Assemble } from "./assembly.ts";

export interface ChangeLogCases {
  readonly changeLog: ChangeLog;
}

export function changeLogCases(assembly: Assemble): ChangeLogCases {
  return {
    changeLog: {
      actorsOf: async (changes, signal) =>
        createChangeLog((await assembly()).providers).actorsOf(changes, signal),
    },
  };
}
