import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../domain/errors.ts";
import type { PolicyFiles } from "../../ports/policy-files.ts";

/** A plain name: no separators, no leading dot, an extension that policies have. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:json|ya?ml)$/;
/** Above this it is no policy, and is neither read nor replaced. */
const MAX_BYTES = 4 * 1_048_576;

/** A folder on this machine's disk. It is made when the first policy is written. */
export function diskPolicyFolder(folder: string): PolicyFiles {
  return {
    folder,
    pathOf: (name) => join(folder, name),
    read: async (name) => readText(await locate(folder, name)),
    write: async (name, text, mayReplace) => {
      checkName(name);
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw unusable(folder, error);
      });
      const path = await locate(folder, name);
      const existing = await readText(path);
      if (existing !== null && !mayReplace(existing)) throw inTheWay(name);
      await replace(path, text);
    },
  };
}

/** The folder is followed through links once, so that the file cannot be led elsewhere later. */
async function locate(folder: string, name: string): Promise<string> {
  checkName(name);
  const real = await realpath(folder).catch((error: unknown) => {
    if (isAbsence(error)) return folder;
    throw unusable(folder, error);
  });
  return join(real, name);
}

function checkName(name: string): void {
  if (FILE_NAME.test(name)) return;
  throw new AppError("invalid_input", "This is not a name for a policy file.", {
    hint: "Give a plain file name that ends in .json, .yaml or .yml; it is placed in the configured folder.",
    details: { file_name: name },
  });
}

async function readText(path: string): Promise<string | null> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > MAX_BYTES) throw notAPolicyFile(path);
    return await readFile(path, "utf8");
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error instanceof AppError ? error : unusable(path, error);
  }
}

/** Written beside the file, flushed, then moved over it in one step. */
async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(beside, "wx", 0o644);
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw unusable(path, error);
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function inTheWay(name: string): AppError {
  return new AppError("invalid_input", "A policy file that people wrote or edited has this name.", {
    hint: "Choose another file name. An import replaces only files that an import wrote and nobody has edited.",
    details: { file_name: name },
  });
}

function notAPolicyFile(path: string): AppError {
  return new AppError("invalid_input", "What has this name in the folder is not a policy file.", {
    hint: "Choose another file name; links and folders are not followed.",
    details: { path },
  });
}

function unusable(path: string, cause: unknown): AppError {
  return new AppError("config_invalid", "The folder for imported policies cannot be used.", {
    hint: "Check that the configured folder exists or can be made, and that this process may write to it.",
    details: { path },
    cause,
  });
}
