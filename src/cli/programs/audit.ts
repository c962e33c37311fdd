import type { Command } from "commander";
import { GROUPS } from "./shared-options.ts";

/** `tag-compliance audit …` */
export function addAudit(program: Command): void {
  const audit = program
    .command("audit")
    .helpGroup(GROUPS.run)
    .description("the log of who did what");
  audit
    .command("verify")
    .description("read the whole log and name every record that is not as it was written")
    .option("--anchors <file>", "heads of the log that were kept elsewhere (default: the server's)")
    .option("--json", "print as JSON")
    .action(async (options: Record<string, unknown>) => {
      const { verifyAudit } = await import("../commands/audit.ts");
      process.exitCode = await verifyAudit(options, program.opts()["config"]);
    });
  audit
    .command("export")
    .description("print records as JSON lines, oldest first")
    .option("--from <date>", "first day or time, UTC (default: the first record)")
    .option("--to <date>", "end, not included (default: now)")
    .action(async (options: Record<string, unknown>) => {
      const { exportAudit } = await import("../commands/audit.ts");
      await exportAudit(options, program.opts()["config"]);
    });
}
