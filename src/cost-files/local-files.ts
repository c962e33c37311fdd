import { glob, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError, type Issue } from "../domain/errors.ts";

/** A bill file on this machine. */
export interface LocalFile {
  /** Absolute, without symbolic links. */
  readonly path: string;
  readonly writtenAtMs: number;
}

/** What a bill file's name ends in. Manifests and the like stand beside them. */
export const BILL_FILE = /\.(?:parquet|csv|csv\.gz)$/i;

/** DuckDB reads these as patterns, also in the name of one file. */
const PATTERN = /[*?[\]{}]/;

/**
 * The bill files that paths stand for: a file, a folder with everything below it, or a pattern such as
 * `exports/2026-*.parquet`. Each file once, in order of path.
 * @throws {AppError} `invalid_input` with every path that stands for nothing.
 */
export async function findLocalFiles(paths: readonly string[]): Promise<readonly LocalFile[]> {
  const issues: Issue[] = [];
  const found = new Map<string, LocalFile>();
  for (const path of paths) {
    const files = await filesAt(path);
    if (files.length === 0)
      issues.push({ path, message: "No file ending in .parquet, .csv or .csv.gz is there." });
    for (const file of files) found.set(file.path, file);
  }
  for (const { path } of found.values())
    if (PATTERN.test(path))
      issues.push({ path, message: "Its path contains one of * ? [ ] { }; rename it." });
  if (issues.length > 0)
    throw new AppError("invalid_input", "Some paths cannot be read as bills.", {
      hint: "Give files, folders or patterns of FOCUS or Cost and Usage Report exports.",
      issues,
    });
  const files = [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  refuseVersions(files.map(({ path }) => path));
  return files;
}

async function filesAt(path: string): Promise<readonly LocalFile[]> {
  const whole = resolve(path);
  const info = await stat(whole).catch(() => undefined);
  if (info?.isFile()) return BILL_FILE.test(whole) ? [await localFile(whole)] : [];
  const files: LocalFile[] = [];
  const pattern = info?.isDirectory() ? "**/*" : path;
  const cwd = info?.isDirectory() ? whole : process.cwd();
  for await (const name of glob(pattern, { cwd })) {
    const file = resolve(cwd, name);
    if (BILL_FILE.test(file) && (await stat(file)).isFile()) files.push(await localFile(file));
  }
  return files;
}

async function localFile(path: string): Promise<LocalFile> {
  const real = await realpath(path);
  return { path: join(real), writtenAtMs: Math.floor((await stat(real)).mtimeMs) };
}

/**
 * AWS can keep every version of a period's report, each in a folder of its own below the period's
 * (docs.aws.amazon.com/cur/latest/userguide, "Amazon S3 path"): a GUID, or the time of the execution.
 */
const VERSIONED =
  /^(.*(?:\d{8}-\d{8}|BILLING_PERIOD=\d{4}-\d{2}))[/\\]([\da-f]{8}-[\da-f-]{27}|\d{8}T\d{6}[^/\\]*|\d{4}-\d{2}-\d{2}T[^/\\]*)[/\\]/i;

/**
 * Two versions of one period would count it twice.
 * @throws {AppError} `invalid_input`
 */
export function refuseVersions(paths: readonly string[]): void {
  const versions = new Map<string, Set<string>>();
  for (const path of paths) {
    const [, period, version] = VERSIONED.exec(path) ?? [];
    if (period === undefined || version === undefined) continue;
    versions.set(period, (versions.get(period) ?? new Set()).add(version));
  }
  const doubled = [...versions].filter(([, found]) => found.size > 1);
  if (doubled.length === 0) return;
  throw new AppError(
    "invalid_input",
    "The folder holds several versions of the same billing period.",
    {
      hint: "Name the folder of the newest version of each period, or let the export overwrite its files.",
      issues: doubled.map(([path, found]) => ({
        path,
        message: `It has ${found.size} versions, and reading them all would count the period several times.`,
      })),
    },
  );
}
