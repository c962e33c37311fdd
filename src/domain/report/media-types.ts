/** By the ending of a file's name. */
export const MEDIA_TYPES = {
  md: "text/markdown",
  csv: "text/csv",
  json: "application/json",
  html: "text/html",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
export type FileEnding = keyof typeof MEDIA_TYPES;

/** The ending of a file of this format. */
export const ENDING_OF = {
  markdown: "md",
  csv: "csv",
  json: "json",
  html: "html",
  xlsx: "xlsx",
} as const satisfies Readonly<Record<string, FileEnding>>;

/** The ending of a name, where it is one of ours. */
export function endingOf(name: string): FileEnding | undefined {
  return Object.values(ENDING_OF).find((ending) => name.endsWith(`.${ending}`));
}
