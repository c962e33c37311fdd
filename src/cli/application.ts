import { type Application, compose } from "../compose.ts";
import { loadSettings, type Settings } from "../config/load.ts";

/** How this command line reads its configuration: `--config`, as commander hands it on. */
export function settingsLoader(configFile: unknown): () => Settings {
  return () => loadSettings(typeof configFile === "string" ? configFile : undefined);
}

/** The product, configured as the command line says. Who opens it closes it. */
export function openApplication(configFile: unknown): Application {
  return compose(settingsLoader(configFile));
}
