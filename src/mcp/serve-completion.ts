import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import type { CompleteResult } from "@modelcontextprotocol/server";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Safety } from "../safety/safety.ts";
import type { AnyPrompt } from "./define-prompt.ts";
import type { AnyResource, Completer } from "./define-resource.ts";
import { scopeOf } from "./pipeline/authorize.ts";
import { callOf } from "./request.ts";
import { cleanText } from "./untrusted-text.ts";

/** The protocol's own limit. */
const MOST_VALUES = 100;
/** A client asks with every key that is typed; what is offered need not be newer than this. */
const KEPT_MS = 10_000;
/** A person who types does not wait. */
const DEADLINE_MS = 2000;

export interface CompletionDeps {
  readonly safety: () => Promise<Safety>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the completers need. */
  readonly completerDeps: object;
}

interface Completable {
  readonly id: string;
  readonly complete: Readonly<Record<string, Completer<never>>>;
  readonly reader: Parameters<typeof scopeOf>[0];
}

interface Kept {
  readonly atMs: number;
  readonly values: Promise<readonly string[]>;
}

/**
 * What fits an argument of a prompt or a variable of a resource. Asked with every key: neither counted as
 * calls nor recorded, so values are read at most every ten seconds, whoever asks.
 */
export function createCompletion(
  resources: readonly AnyResource[],
  prompts: readonly AnyPrompt[],
  deps: CompletionDeps,
): (mcp: McpServer) => void {
  const known = new Map<string, Completable>([
    ...resources.map((one) => [`ref/resource ${one.uri}`, { id: one.uri, ...one }] as const),
    ...prompts.map(
      (one) => [`ref/prompt ${one.name}`, { id: one.name, ...one, reader: one.getter }] as const,
    ),
  ]);
  const kept = new Map<string, Kept>();
  const values = (key: string, completer: Completer<never>): Promise<readonly string[]> => {
    const now = deps.clock.now();
    const before = kept.get(key);
    if (before !== undefined && now - before.atMs < KEPT_MS) return before.values;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the registries' `Deps` say what completers need
    const read = inTime(completer(deps.completerDeps as never), key, deps.logger);
    kept.set(key, { atMs: now, values: read });
    return read;
  };
  return (mcp) => {
    mcp.server.setRequestHandler("completion/complete", async (request, context) => {
      const { ref, argument } = request.params;
      const key = ref.type === "ref/prompt" ? `ref/prompt ${ref.name}` : `ref/resource ${ref.uri}`;
      const completable = known.get(key);
      if (completable === undefined)
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          "Nothing of this name can be completed.",
        );
      const { principal } = callOf(mcp, context, deps.logger);
      const completer = completable.complete[argument.name];
      const allowed = principal.scopes.includes(scopeOf(completable.reader));
      if (completer === undefined || !allowed) return fitting([], "");
      return fitting(await values(`${key} ${argument.name}`, completer), argument.value);
    });
  };
}

/** No values rather than an error: what cannot be offered can still be typed. */
async function inTime(
  reading: Promise<readonly string[]>,
  key: string,
  logger: Logger,
): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => late.resolve([]), DEADLINE_MS);
  try {
    return await Promise.race([reading, late.promise]);
  } catch (error) {
    logger.debug("nothing to complete with", { key, error });
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** The last part of a list with commas is what is being typed. */
function fitting(all: readonly string[], typed: string): CompleteResult {
  const cut = typed.lastIndexOf(",") + 1;
  const before = typed.slice(0, cut);
  const wanted = typed.slice(cut).trim().toLowerCase();
  const values = all
    .filter((value) => value.toLowerCase().startsWith(wanted))
    .map((value) => before + cleanText(value).text);
  return {
    completion: {
      values: values.slice(0, MOST_VALUES),
      total: values.length,
      hasMore: values.length > MOST_VALUES,
    },
  };
}
