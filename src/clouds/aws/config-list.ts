import { typeOfArn } from "./arn.ts";
import type { AwsCalls } from "./calls.ts";
import { type Aggregator, configTypeOf } from "./config-aggregator.ts";
import type { CellPlan } from "./ladder.ts";
import type { ConfigRow } from "./sdk/config.ts";
import { readToTheEnd } from "./sweep.ts";
import type { AwsTypeFacts } from "./types/native-type.ts";

/** What the aggregator says of one type in one Region. */
export interface RecordedRows {
  readonly rows: readonly ConfigRow[];
  /**
   * Config has at least one item of the type there and an ARN for each. Its silence proves nothing: a
   * type that it does not record in this Region looks the same.
   */
  readonly proven: boolean;
}

/** The aggregator's items of one account, for the cells that are read from them. */
export interface ConfigListing {
  of(region: string, type: AwsTypeFacts, signal: AbortSignal): Promise<RecordedRows>;
}

/**
 * An account's items are listed together up to this many pages of 100; beyond, each cell asks for its own.
 * Queries of all accounts share one quota, so that their number is what a scan waits for.
 */
const TOGETHER_PAGES = 100;

/** @param plans The account's cells; those of rung `config` are asked for together. */
export function createConfigListing(
  calls: AwsCalls,
  aggregator: Aggregator,
  account: string,
  plans: readonly CellPlan[],
): ConfigListing {
  const cells = plans.flatMap(({ cell, rung, type }) => {
    const name = rung === "config" && type !== undefined ? configTypeOf(type) : null;
    return name === null ? [] : [{ region: cell.region, name }];
  });
  const regions = [...new Set(cells.map(({ region }) => region))];
  const names = [...new Set(cells.map(({ name }) => name))];
  let together: Promise<ByPlace | undefined> | undefined;

  const list = (expression: string, signal: AbortSignal) => {
    const { region, name } = aggregator;
    const target = { service: "config", account: aggregator.account, region } as const;
    const query = { aggregator: name, expression };
    return readToTheEnd(
      (token: string | undefined) =>
        calls.call(target, signal, (api, own) => api.select(query, token, own)),
      (row) => (row.arn === "" ? `${placeOf(row.region, row.type)}|${row.id}` : row.arn),
    );
  };

  const listTogether = async (signal: AbortSignal): Promise<ByPlace | undefined> => {
    const rows: ConfigRow[] = [];
    for (const expression of expressionsFor({ account, regions, names })) {
      for await (const page of list(expression, signal)) {
        rows.push(...page);
        if (rows.length > TOGETHER_PAGES * PAGE_SIZE) return undefined;
      }
    }
    return Map.groupBy(rows, (row) => placeOf(row.region, row.type));
  };

  const listOne = async (
    region: string,
    name: string,
    signal: AbortSignal,
  ): Promise<ConfigRow[]> => {
    const [expression = ""] = expressionsFor({ account, regions: [region], names: [name] });
    return (await Array.fromAsync(list(expression, signal))).flat();
  };

  return {
    of: async (region, type, signal) => {
      const name = configTypeOf(type) ?? "";
      together ??= listTogether(signal);
      const all = await together;
      const items = all?.get(placeOf(region, name)) ?? [];
      const own = all === undefined ? await listOne(region, name, signal) : items;
      return {
        rows: own.filter(({ arn }) => typeOfArn(arn) === type.id),
        proven: own.length > 0 && own.every(({ arn }) => arn !== ""),
      };
    },
  };
}

/** Items by Region and type. */
type ByPlace = ReadonlyMap<string, readonly ConfigRow[]>;

function placeOf(region: string, type: string): string {
  return `${region}|${type}`;
}

const PAGE_SIZE = 100;
/** The longest expression that an advanced query takes (API Reference). */
const LONGEST_EXPRESSION = 4096;

interface Wanted {
  readonly account: string;
  readonly regions: readonly string[];
  readonly names: readonly string[];
}

/** As few queries as their length allows. All values come from AWS's own closed sets of names. */
export function expressionsFor({ account, regions, names }: Wanted): readonly string[] {
  const oneOf = (values: readonly string[]): string => values.map((v) => `'${v}'`).join(", ");
  const expression = (some: readonly string[]): string =>
    "SELECT accountId, awsRegion, resourceType, arn, resourceId, resourceCreationTime, tags" +
    ` WHERE accountId = '${account}' AND awsRegion IN (${oneOf(regions)})` +
    ` AND resourceType IN (${oneOf(some)})`;
  const groups: string[][] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last !== undefined && expression([...last, name]).length <= LONGEST_EXPRESSION)
      last.push(name);
    else groups.push([name]);
  }
  return groups.map(expression);
}
