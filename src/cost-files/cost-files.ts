import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { CLOUDS, type Cloud } from "../domain/cloud.ts";
import type { CostGroup, CostKey, CostKeyFact } from "../domain/cost/cost-line.ts";
import { AppError } from "../domain/errors.ts";
import type { CostFileFacts, CostFileRequest, CostFiles } from "../ports/costs.ts";
import { findLocalFiles, type LocalFile } from "./local-files.ts";
import type { ReadFacts } from "./protocol.ts";
import { readOnThread } from "./reader-thread.ts";
import { columnForm } from "./tag-columns.ts";

/** What a bill says of a resource, from which its type may be told. All of it is untrusted text. */
export interface BilledResource {
  readonly resourceId: string | null;
  readonly service: string | null;
  /** FOCUS ResourceType. */
  readonly declaredType: string | null;
}

/** Files kept somewhere else, fetched for the time of one reading. */
export interface RemoteFiles {
  readonly matches: (path: string) => boolean;
  /**
   * Fetches every bill file below a path into a folder that is empty and private.
   * @throws {AppError} as the cloud's adapter does; `invalid_input` where there is none.
   */
  fetch(path: string, folder: string, signal: AbortSignal): Promise<readonly LocalFile[]>;
}

export interface CostFilesOptions {
  /** Native type id of a billed resource; null where it cannot be told. Default: never. */
  readonly typeOf?: ((cloud: Cloud, billed: BilledResource) => string | null) | undefined;
  /** Default: none, so that only local paths are read. */
  readonly remote?: readonly RemoteFiles[] | undefined;
  /** Told of how far a large reading is, in per cent. */
  readonly onProgress?: ((percent: number) => void) | undefined;
  /** Most memory that DuckDB may take before it uses the disk, in mebibytes. Default 512. */
  readonly memoryMb?: number | undefined;
  /** Threads of DuckDB. Default: as many as the machine has, 4 at most. */
  readonly threads?: number | undefined;
}

const DEFAULT_MEMORY_MB = 512;
const MOST_THREADS = 4;

/** Exported bills, read with DuckDB on a thread of its own. Making one loads nothing. */
export function createCostFiles(options: CostFilesOptions = {}): CostFiles {
  return {
    read: (request, signal) => {
      const done: { facts?: CostFileFacts } = {};
      return {
        groups: readAll(options, request, { signal, done }),
        facts: () => {
          if (done.facts === undefined)
            throw new AppError("internal", "The facts of a reading were asked for before its end.");
          return done.facts;
        },
      };
    },
  };
}

interface Progress {
  readonly signal: AbortSignal;
  readonly done: { facts?: CostFileFacts };
}

async function* readAll(
  options: CostFilesOptions,
  request: CostFileRequest,
  { signal, done }: Progress,
): AsyncGenerator<readonly CostGroup[]> {
  // Readable by nobody else: bills are confidential, and so is what spills to disk.
  const folder = await mkdtemp(join(tmpdir(), "tag-compliance-bills-"));
  try {
    const files = await collect(options, request, { folder, signal });
    const pages = readOnThread(
      {
        files: files.map(({ path }) => path),
        format: request.format,
        keys: request.keys,
        period: request.period,
        threads: options.threads ?? Math.min(MOST_THREADS, availableParallelism()),
        memoryMb: options.memoryMb ?? DEFAULT_MEMORY_MB,
        spillFolder: join(folder, "spill"),
      },
      { signal, onProgress: options.onProgress ?? (() => {}) },
    );
    const read = yield* typed(pages, options.typeOf ?? (() => null));
    done.facts = factsOf(request, files, read);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function collect(
  { remote = [] }: CostFilesOptions,
  { paths }: CostFileRequest,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<readonly LocalFile[]> {
  const files: LocalFile[] = [];
  const local: string[] = [];
  for (const path of paths) {
    const source = remote.find(({ matches }) => matches(path));
    if (source === undefined) local.push(path);
    else {
      // A folder for each, so that two addresses cannot fetch into the same name.
      const own = await mkdtemp(join(folder, "fetched-"));
      files.push(...(await source.fetch(path, own, signal)));
    }
  }
  if (local.length > 0) files.push(...(await findLocalFiles(local)));
  if (files.length === 0)
    throw new AppError("invalid_input", "No path to a bill was given.", {
      hint: "Give files, folders or s3:// addresses of FOCUS or Cost and Usage Report exports.",
    });
  return files;
}

async function* typed(
  pages: ReturnType<typeof readOnThread>,
  typeOf: NonNullable<CostFilesOptions["typeOf"]>,
): AsyncGenerator<readonly CostGroup[], ReadFacts> {
  for (;;) {
    const next = await pages.next();
    if (next.done === true) return next.value;
    yield next.value.map(({ group, declaredType }) => {
      const { cloud, resourceId, service } = group;
      const resourceType = typeOf(cloud, { resourceId, service, declaredType });
      return resourceType === null ? group : { ...group, resourceType };
    });
  }
}

function factsOf(
  { keys }: CostFileRequest,
  files: readonly LocalFile[],
  { seen, ...read }: ReadFacts,
): CostFileFacts {
  const of = (cloud: Cloud): readonly CostKeyFact[] =>
    keys[cloud].map((key) => ({
      tag: key.tag,
      // A bill without a single line that has the key cannot tell an untagged estate from a key that
      // was never activated: neither may be read as a gap of all spend.
      state: seen[cloud].includes(key.tag) ? "active" : "inactive",
      activeSince: null,
      spellingsRead: key.spellings,
      merged: cloud === "aws" && read.method === "cur" ? mergedOf(key) : [],
    }));
  const [aws, azure, gcp] = CLOUDS.map(of);
  return {
    ...read,
    files: files.length,
    asOfMs: Math.max(...files.map(({ writtenAtMs }) => writtenAtMs)),
    keys: { aws: aws ?? [], azure: azure ?? [], gcp: gcp ?? [] },
  };
}

/** Spellings that become the same column: the Cost and Usage Report cannot tell them apart. */
function mergedOf({ spellings }: CostKey): readonly string[] {
  const forms = Map.groupBy(spellings, columnForm);
  return [...forms.values()].filter((alike) => alike.length > 1).flat();
}
