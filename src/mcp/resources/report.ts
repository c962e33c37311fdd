import * as z from "zod";
import type { ReadReport } from "../../app/report/read-report.ts";
import { defineResource } from "../define-resource.ts";

export default defineResource({
  name: "report",
  uri: "report://{report_id}",
  title: "Report or export",
  description:
    "A file that generate_compliance_report or export_violations_csv made, by the link in its answer. Ids cannot be guessed, and are not listed: whoever knows one may read it.",
  mimeType: "application/octet-stream",
  input: z.strictObject({ report_id: z.string().min(1) }),
  async read({ report_id: id }, { readReport }: { readonly readReport: ReadReport }) {
    const file = await readReport(id);
    return [
      "text" in file
        ? { mimeType: file.mediaType, text: file.text }
        : { mimeType: file.mediaType, blob: Buffer.from(file.bytes).toString("base64") },
    ];
  },
});
