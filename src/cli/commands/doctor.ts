import { z } from "zod";
import type { Diagnosis } from "../../app/doctor.ts";
import { CLOUDS } from "../../domain/cloud.ts";
import type { PermissionCheck, PermissionState } from "../../ports/doctor.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import type { Style, Terminal } from "../output.ts";
import { plainTable } from "../plain-table.ts";
import { withApplication } from "../with-application.ts";

const Options = z.object({ cloud: z.enum(CLOUDS), json: z.boolean().default(false) });

/** `tag-compliance doctor CLOUD`: 0 when no read permission is missing, 3 otherwise. */
export async function runDoctorCommand(
  cloud: string,
  raw: Record<string, unknown>,
  configFile: unknown,
): Promise<ExitCode> {
  const options = parseOptions(Options, { ...raw, cloud });
  return withApplication(configFile, async ({ app, terminal, signal }) => {
    const diagnosis = await app.diagnose(options.cloud, signal);
    terminal.out(
      options.json ? JSON.stringify(diagnosis, null, 2) : renderDiagnosis(diagnosis, terminal),
    );
    return diagnosis.healthy ? EXIT.ok : EXIT.incomplete;
  });
}

const WORDS: Readonly<Record<PermissionState, readonly [text: string, style: Style]>> = {
  missing: ["missing", "red"],
  unknown: ["could not tell", "yellow"],
  untried: ["nothing to try it on", "dim"],
  ok: ["ok", "green"],
  not_needed: ["not needed", "dim"],
};

export function renderDiagnosis({ checks, healthy }: Diagnosis, terminal: Terminal): string {
  // Whose first check is the worst comes first: the checks are in order of worry.
  const tables = [...Map.groupBy(checks, (check) => check.account)].map(([account, own]) => {
    const table = plainTable(
      ["permission", "state", "needed for"],
      ["left", "left", "left"],
      terminal.width,
    );
    for (const check of own)
      table.push([check.permission, stateOf(check, terminal), check.neededFor]);
    return `${terminal.style("bold", account)}\n${table.toString()}\n`;
  });
  const count = (state: PermissionState): number =>
    checks.filter((check) => check.state === state).length;
  const summary = healthy
    ? terminal.style("green", "No read permission is missing.")
    : terminal.style(
        "red",
        `${count("missing")} missing, ${count("unknown")} could not be told. What needs them is reported as not read, never as untagged.`,
      );
  return [...tables, ...remedies(checks), summary].join("\n");
}

/** Each command once, whatever number of checks it mends. */
function remedies(checks: readonly PermissionCheck[]): readonly string[] {
  const missing = checks.filter(({ state }) => state === "missing");
  if (missing.length === 0) return [];
  const commands = new Set(missing.map(({ remedy }) => broken(remedy)));
  return ["To grant what is missing:", ...[...commands].map((command) => `  ${command}`), ""];
}

const MAX_COLUMNS = 100;

/** A long command goes on in a second line, as a shell reads it. */
function broken(command: string): string {
  return command.length + 2 <= MAX_COLUMNS
    ? command
    : command.replaceAll(/ (?=--(?:scope|member|subscription|project))/g, " \\\n    ");
}

function stateOf({ state, reason, deniedBy }: PermissionCheck, terminal: Terminal): string {
  const [text, style] = WORDS[state];
  const why = deniedBy ?? reason;
  return terminal.style(style, why === null ? text : `${text} (${why})`);
}
