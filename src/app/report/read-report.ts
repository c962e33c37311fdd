import type { ReportFile, ReportFiles } from "../../ports/report-files.ts";

/** What a reader of `report://{id}` gets: text where the format is text, else bytes. */
export type ReadableReport = Pick<ReportFile, "name" | "mediaType" | "sizeBytes"> &
  ({ readonly text: string } | { readonly bytes: Uint8Array });

/** @throws {AppError} as `ReportFiles.read`. */
export type ReadReport = (id: string) => Promise<ReadableReport>;

export function createReadReport(files: ReportFiles): ReadReport {
  return async (id) => {
    const { bytes, ...file } = await files.read(id);
    const isText = file.mediaType.startsWith("text/") || file.mediaType === "application/json";
    return isText ? { ...file, text: new TextDecoder().decode(bytes) } : { ...file, bytes };
  };
}
