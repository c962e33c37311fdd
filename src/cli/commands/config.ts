import { z } from "zod";
import type { Settings } from "../../config/load.ts";
import { annotatedConfig, masked, secretReferences } from "../../config/show.ts";
import { AppError } from "../../domain/errors.ts";
import { parseSecretReference } from "../../domain/secret-reference.ts";
import { openApplication, settingsLoader } from "../application.ts";
import { EXIT, type ExitCode } from "../failure.ts";
import { parseOptions } from "../options.ts";
import { processTerminal, type Terminal } from "../output.ts";

const ShowOptions = z.object({ json: z.boolean().default(false) });
const CheckOptions = z.object({ secrets: z.boolean().default(false) });

/** `tag-compliance config show`: what is in force, and where each value comes from. */
export function showConfig(raw: unknown, configFile: unknown): void {
  const { json } = parseOptions(ShowOptions, raw);
  const settings = settingsLoader(configFile)();
  const terminal = processTerminal();
  if (json) {
    terminal.out(JSON.stringify(masked(settings.config), null, 2));
    return;
  }
  terminal.out(
    terminal.style(
      "dim",
      head(settings)
        .map((line) => `# ${line}`)
        .join("\n"),
    ),
  );
  terminal.out(annotatedConfig(settings));
}

/**
 * `tag-compliance config check`: every error of the file at once, with its line; with `--secrets` every
 * reference to a secret is read, too, and nothing of what was read is shown.
 */
export async function checkConfig(raw: unknown, configFile: unknown): Promise<ExitCode> {
  const { secrets } = parseOptions(CheckOptions, raw);
  const settings = settingsLoader(configFile)();
  const terminal = processTerminal();
  terminal.out(
    `The configuration is sound.\n${head(settings)
      .map((line) => `  ${line}`)
      .join("\n")}`,
  );
  const references = secretReferences(
    settings.config,
    (text) => parseSecretReference(text) !== undefined,
  );
  if (!secrets) {
    if (references.length > 0)
      terminal.out(`  ${references.length} reference(s) to secrets; read them with --secrets.`);
    return EXIT.ok;
  }
  return tryReferences(references, configFile, terminal);
}

async function tryReferences(
  references: ReturnType<typeof secretReferences>,
  configFile: unknown,
  terminal: Terminal,
): Promise<ExitCode> {
  const app = openApplication(configFile);
  let exit: ExitCode = EXIT.ok;
  try {
    for (const { path, reference } of references) {
      try {
        await app.readSecret(reference);
        terminal.out(`  ${terminal.style("green", "read")}      ${path}  ${reference}`);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        exit = EXIT.incomplete;
        terminal.out(`  ${terminal.style("red", "not read")}  ${path}  ${reference}`);
        terminal.out(`            ${error.code}: ${error.hint ?? error.message}`);
      }
    }
  } finally {
    await app.close();
  }
  return exit;
}

function head({ configFile, dataDir, clouds, policyFile }: Settings): readonly string[] {
  return [
    `file:   ${configFile ?? "none (all defaults)"}`,
    `data:   ${dataDir}`,
    `clouds: ${clouds.length === 0 ? "none (no credentials found, none named)" : clouds.join(", ")}`,
    `policy: ${policyFile ?? "imported, else built in"}`,
  ];
}
