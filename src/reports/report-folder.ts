import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../domain/errors.ts";
import { endingOf, MEDIA_TYPES } from "../domain/report/media-types.ts";
import { MOST_READ_BYTES, type ReportFile, type ReportFiles } from "../ports/report-files.ts";

/** Files that are kept; older ones are removed when a new one is written. */
const MOST_KEPT = 50;
const ID = /^[A-Za-z0-9_-]{22}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/;
/** A file that is still being written, or whose writer died. */
const UNFINISHED = ".part";
const MS_PER_DAY = 86_400_000;

/**
 * A folder on this machine's disk, made when the first file is written; nobody but its owner may read it.
 * Files are called `<id>_<name>`: an id is only ever compared with what the folder holds, so no id leads
 * out of it. Replicas do not share the folder.
 */
export function reportFolder(folder: string): ReportFiles {
  return {
    save: async (name, chunks) => {
      if (!NAME.test(name)) throw new AppError("internal", "This is no name for a report.");
      const id = randomBytes(16).toString("base64url");
      const path = join(folder, `${id}_${name}`);
      const sizeBytes = await write(folder, path, chunks);
      await removeOld(folder);
      return { id, name, mediaType: mediaTypeOf(name), sizeBytes };
    },
    read: async (id) => {
      const file = ID.test(id) ? (await entries(folder)).find((one) => one.id === id) : undefined;
      if (file === undefined) throw noReport();
      return read(folder, file);
    },
  };
}

function mediaTypeOf(name: string): string {
  const ending = endingOf(name);
  return ending === undefined ? "application/octet-stream" : MEDIA_TYPES[ending];
}

async function write(
  folder: string,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<number> {
  const unfinished = `${path}${UNFINISHED}`;
  try {
    await unusable(mkdir(folder, { recursive: true, mode: 0o700 }));
    await unusable(chmod(folder, 0o700));
    const file = await unusable(open(unfinished, "wx", 0o600));
    let sizeBytes = 0;
    try {
      for await (const chunk of chunks) {
        await unusable(file.writeFile(chunk));
        sizeBytes += chunk.length;
      }
    } finally {
      await file.close();
    }
    await unusable(rename(unfinished, path));
    return sizeBytes;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
}

async function entries(folder: string): Promise<readonly Entry[]> {
  const names = await readdir(folder).catch(() => []); // No folder: nothing was written yet.
  return names.flatMap((fileName) => {
    const id = fileName.slice(0, 22);
    const name = fileName.slice(23);
    const isOurs = ID.test(id) && fileName[22] === "_" && NAME.test(name);
    return isOurs && !fileName.endsWith(UNFINISHED) ? [{ id, name, fileName }] : [];
  });
}

async function read(folder: string, { name, fileName }: Entry): Promise<ReportFile> {
  // A link that somebody put there is not followed.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  const file = await open(join(folder, fileName), flags).catch(() => {
    throw noReport();
  });
  try {
    const { size: sizeBytes } = await file.stat();
    if (sizeBytes > MOST_READ_BYTES) throw tooLarge();
    return { name, mediaType: mediaTypeOf(name), sizeBytes, bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}

async function removeOld(folder: string): Promise<void> {
  const aged = await Promise.all(
    (await readdir(folder)).map(async (fileName) => {
      const found = await lstat(join(folder, fileName)).catch(() => undefined); // Removed by another.
      return { fileName, writtenMs: found?.mtimeMs ?? 0 };
    }),
  );
  const [unfinished, finished] = [true, false].map((wanted) =>
    aged.filter(({ fileName }) => fileName.endsWith(UNFINISHED) === wanted),
  );
  const surplus = (finished ?? [])
    .toSorted((a, b) => b.writtenMs - a.writtenMs)
    .slice(MOST_KEPT)
    .concat((unfinished ?? []).filter(({ writtenMs }) => writtenMs < Date.now() - MS_PER_DAY));
  for (const { fileName } of surplus) await rm(join(folder, fileName), { force: true });
}

async function unusable<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw new AppError("storage_unavailable", "The folder for reports cannot be written.", {
      hint: "Make the data folder writable and leave space on its disk.",
      cause: error,
    });
  }
}

function noReport(): AppError {
  return new AppError("not_found", "There is no such report.", {
    hint: `Generate it again: the newest ${MOST_KEPT} are kept, each on the server that made it.`,
  });
}

function tooLarge(): AppError {
  return new AppError("invalid_input", "This report is too large to be handed over in one piece.", {
    hint: "Narrow the scope and export again, or take the file from the reports folder of the server's data folder.",
  });
}
