import { once } from "node:events";
import { z } from "zod";
import type { AuditProblem, AuditProblemKind, AuditVerification } from "../../ports/audit.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { count, type Terminal } from "../output.ts";
import { withApplication } from "../with-application.ts";

const VerifyOptions = z.object({
  anchors: z.string().optional(),
  json: z.boolean().default(false),
});

const Time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "Give a date such as 2026-10-01.")
  .transform((text) => Date.parse(text));
const ExportOptions = z.object({ from: Time.default(0), to: Time.optional() });

const PROBLEMS: Readonly<Record<AuditProblemKind, string>> = {
  altered: "is not what was written",
  missing: "is missing",
  broken_link: "does not follow the one before it",
  forged_checkpoint: "is named by a checkpoint that is not genuine",
  truncated: "was cut off the end",
  anchor_mismatch: "is not the one that an anchor names",
};

/** `tag-compliance audit verify`: exits 1 when anything is amiss. */
export async function verifyAudit(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const { anchors: file, json } = parseOptions(VerifyOptions, raw);
  return withApplication(configFile, async ({ app, terminal }) => {
    const anchors = await app.auditAnchors(file);
    const found = await (await app.audit()).verify(anchors);
    terminal.out(
      json
        ? JSON.stringify({ ...found, anchors: anchors.length }, null, 2)
        : describe(found, anchors.length, terminal),
    );
    return found.problemCount === 0 ? EXIT.ok : EXIT.violations;
  });
}

function describe(found: AuditVerification, anchors: number, terminal: Terminal): string {
  const { records, firstSeq, lastSeq, removedThroughSeq, problems, problemCount } = found;
  const range =
    records === 0 ? "no records" : `${count(records)} records, ${firstSeq} to ${lastSeq}`;
  const unlisted = problemCount - problems.length;
  return [
    `Audit log: ${range}; held against ${anchors} anchor(s).`,
    ...(removedThroughSeq === 0
      ? []
      : [
          `Records up to ${removedThroughSeq} were removed by retention; its checkpoint is genuine.`,
        ]),
    problemCount === 0
      ? terminal.style("green", "Whole: every record is as it was written.")
      : terminal.style("red", `${problemCount} problem(s):`),
    ...problems.map((problem) => `  ${recordsOf(problem)} ${PROBLEMS[problem.kind]}`),
    ...(unlisted > 0 ? [`  and ${unlisted} more`] : []),
  ].join("\n");
}

function recordsOf({ fromSeq, toSeq }: AuditProblem): string {
  return fromSeq === toSeq ? `record ${fromSeq}` : `each of records ${fromSeq} to ${toSeq}`;
}

/** `tag-compliance audit export` */
export async function exportAudit(raw: unknown, configFile: unknown): Promise<void> {
  const { from, to } = parseOptions(ExportOptions, raw);
  await withApplication(configFile, async ({ app }) => {
    const period = { fromMs: from, toMs: to ?? app.clock.now() + 1 };
    for await (const page of (await app.audit()).read(period)) {
      const lines = page.map(({ atMs, ...record }) =>
        JSON.stringify({ at: new Date(atMs).toISOString(), ...record }),
      );
      // A slow reader holds up the reading of the log, not the memory of this process.
      if (!process.stdout.write(`${lines.join("\n")}\n`)) await once(process.stdout, "drain");
    }
  });
}
