import { existsSync, readFileSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join, resolve } from "node:path";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import { AppError, type Issue } from "../domain/errors.ts";
import { toIssues } from "../domain/source/schema-issues.ts";
import { readSource, type SourceText } from "../domain/source/source-text.ts";
import { hasCredentials } from "./detect-clouds.ts";
import { CONFIG_FILE_VARIABLE, type Environment, overlayEnvironment } from "./environment.ts";
import { type Config, ConfigSchema } from "./schema.ts";

export interface Settings {
  readonly config: Config;
  /** The file as it was written, before defaults and environment. */
  readonly fileValue: unknown;
  /** Null when no file was named and none stands in the data folder. */
  readonly configFile: string | null;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute; null means the built-in policy. */
  readonly policyFile: string | null;
  /** Absolute; the only folder that imported policies are written to. */
  readonly policyFolder: string;
  /** Clouds named in the configuration or for which credentials were found; no network was asked. */
  readonly clouds: readonly Cloud[];
  readonly environment: Environment;
}

/**
 * The only reader of the environment and of the configuration file.
 * @param file from `--config`; else TAG_COMPLIANCE_CONFIG, else `config.yaml` in the data folder.
 * @throws {AppError} `config_invalid` with all errors at once, each with its key and line.
 */
export function loadSettings(file?: string, environment: Environment = process.env): Settings {
  const configFile = findConfigFile(file, environment);
  const source = readConfig(configFile);
  const config = parseConfig(source, environment);
  const dataDir = resolve(config.storage.data_dir ?? defaultDataDir(environment));
  return {
    config,
    fileValue: source.value,
    configFile,
    dataDir,
    policyFile: policyFileOf(config, configFile, environment),
    policyFolder: policyFolderOf(config, configFile, dataDir),
    clouds: CLOUDS.filter((cloud) => inUse(cloud, config, environment)),
    environment,
  };
}

function inUse(cloud: Cloud, config: Config, environment: Environment): boolean {
  const named = config.clouds[cloud];
  if (named !== undefined) return named.enabled;
  return hasCredentials(cloud, {
    environment,
    homeDir: homedir(),
    fileExists: existsSync,
    readText: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined; // Absent on this system: says nothing about the cloud.
      }
    },
  });
}

function findConfigFile(file: string | undefined, environment: Environment): string | null {
  const named = file ?? environment[CONFIG_FILE_VARIABLE];
  if (named !== undefined && named !== "") return resolve(named);
  const dataDir = environment["TAG_COMPLIANCE_DATA_DIR"] ?? defaultDataDir(environment);
  const standing = join(dataDir, "config.yaml");
  return existsSync(standing) ? resolve(standing) : null;
}

function readConfig(path: string | null): SourceText {
  if (path === null) return { value: {}, lines: new Map(), issues: [] };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("config_invalid", "The configuration file cannot be read.", {
      hint: `Check the path in ${CONFIG_FILE_VARIABLE} or --config, and its permissions.`,
      details: { path },
      cause,
    });
  }
  const source = readSource(text, undefined);
  if (source.issues.length > 0) throw invalid(source.issues);
  return source;
}

function parseConfig(source: SourceText, environment: Environment): Config {
  const merged = overlayEnvironment(source.value ?? {}, environment);
  const parsed = ConfigSchema.safeParse(merged);
  if (!parsed.success) throw invalid(toIssues(parsed.error.issues, source.lines));
  return parsed.data;
}

function invalid(issues: readonly Issue[]): AppError {
  return new AppError("config_invalid", `The configuration has ${issues.length} error(s).`, {
    hint: "Correct every line named below; docs/configuration.md lists every key.",
    issues,
  });
}

/** Paths in the file are relative to the file, so that it means the same from any folder. */
function policyFileOf(
  config: Config,
  configFile: string | null,
  environment: Environment,
): string | null {
  const { file } = config.policy;
  if (file === undefined) return null;
  const fromFile = file !== environment["TAG_COMPLIANCE_POLICY_FILE"];
  return fromFile && configFile !== null ? resolve(configFile, "..", file) : resolve(file);
}

function policyFolderOf(config: Config, configFile: string | null, dataDir: string): string {
  const { folder } = config.policy;
  if (folder === undefined) return join(dataDir, "policies");
  return configFile === null ? resolve(folder) : resolve(configFile, "..", folder);
}

/** Where applications keep state per user: XDG base directories, or the platform's own place. */
function defaultDataDir(environment: Environment): string {
  const home = homedir();
  if (platform() === "win32")
    return join(environment["LOCALAPPDATA"] ?? join(home, "AppData/Local"), "tag-compliance");
  if (platform() === "darwin") return join(home, "Library/Application Support/tag-compliance");
  return join(environment["XDG_STATE_HOME"] ?? join(home, ".local/state"), "tag-compliance");
}
