import { AppError } from "../../domain/errors.ts";
import { parseArn } from "./arn.ts";
import type { Listed } from "./sdk/listing.ts";

/** Lists that several cells of one account need: each is asked once, and forgotten with the scan. */
export interface SharedLists {
  /**
   * Names of all resources of a type in a Region, from the account's index; undefined where that cannot
   * say, and the type's own service has to be asked.
   * @throws {AppError} `cancelled`
   */
  indexedNames(
    type: string,
    region: string,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
  /** What `read` gives to the first who asks for `name`. Its failure is everyone's. */
  once(name: string, read: () => Promise<readonly Listed[]>): Promise<readonly Listed[]>;
}

/** An account's index. */
export interface NameIndex {
  /** The Region is indexed, and so is the type. */
  covers(type: string, region: string): boolean;
  /** ARNs of a type by Region; undefined when they are too many to be held. */
  list(
    type: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]> | undefined>;
}

/** @param index Null where the account has none that can be used. */
export function createSharedLists(index: NameIndex | null): SharedLists {
  const indexed = new Map<string, ReturnType<NameIndex["list"]>>();
  const lists = new Map<string, Promise<readonly Listed[]>>();
  return {
    indexedNames: async (type, region, signal) => {
      if (index === null || !index.covers(type, region)) return undefined;
      const asked = indexed.get(type) ?? unlessFailed(index.list(type, signal));
      indexed.set(type, asked);
      const arns = await asked;
      return arns && (arns.get(region) ?? []).map(nameOf);
    },
    once: (name, read) => {
      const list = lists.get(name) ?? read();
      lists.set(name, list);
      return list;
    },
  };
}

/** An index that fails has said nothing. */
async function unlessFailed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    return undefined;
  }
}

/** `cluster/NAME`: what follows the type. */
function nameOf(arn: string): string {
  const resource = parseArn(arn)?.resource ?? "";
  return resource.slice(resource.indexOf("/") + 1);
}
