import { ANY, type Cell } from "../../domain/scan/cell.ts";
import type { Recorded } from "./config-aggregator.ts";
import { NOT_INDEXED } from "./explorer-types.ts";
import { GLOBAL } from "./region-names.ts";
import type { AwsTypeFacts } from "./types/native-type.ts";

/**
 * Where a cell is read from, best first: Resource Explorer joined with the tagging API; AWS Config joined
 * with it; the type's own service; the tagging API alone, which never shows what was never tagged; nowhere.
 */
export type Rung = "explorer" | "config" | "native" | "tagging" | "none";

export interface CellPlan {
  readonly cell: Cell;
  readonly rung: Rung;
  /** The one type of the cell; undefined when it holds any. */
  readonly type: AwsTypeFacts | undefined;
  /** Types that other cells of the same scan speak for, though this cell's `*` would hold them. */
  readonly except: readonly string[];
}

/** What planning knows of one account. */
export interface AccountView {
  readonly account: string;
  /** Enabled Regions in scope, without `global`. */
  readonly regions: readonly string[];
  /** Resources without a Region are in scope. */
  readonly global: boolean;
  /** `regions` is every enabled Region of the account. */
  readonly allRegions: boolean;
  /** Types in scope; empty means all. */
  readonly types: readonly AwsTypeFacts[];
  /** Types with an enumerator of their own. */
  readonly native: readonly { readonly facts: AwsTypeFacts; readonly accountWide: boolean }[];
  /** What Resource Explorer indexes; null when it cannot be used. */
  readonly explorer: {
    readonly regions: ReadonlySet<string>;
    /**
     * Types it supports; null when it does not say. Then no named type is entrusted to it, and of every
     * type not those that it is known not to support.
     */
    readonly types: ReadonlySet<string> | null;
  } | null;
  /** What AWS Config records; null without a configured aggregator. */
  readonly config: Recorded | null;
}

/**
 * Cells of one account. For every resource in scope exactly one of them speaks: the one that holds its
 * account, Region and type, and does not name its type in `except`.
 */
export function planCells(view: AccountView): readonly CellPlan[] {
  return view.types.length === 0
    ? planAllTypes(view)
    : view.types.flatMap((type) => planType(view, type, indexedFor(view, type)));
}

function planAllTypes(view: AccountView): readonly CellPlan[] {
  const places = [...view.regions, ...(view.global ? [GLOBAL] : [])];
  const indexed = places.filter((place) => isIndexed(view, place));
  const unindexed = places.filter((place) => !isIndexed(view, place));
  const unseen = view.native.filter(({ facts }) => !isSeen(view, facts));
  const idsOf = (types: AccountView["native"]) => types.map(({ facts }) => facts.id);
  return [
    ...indexed.map((region) => plan(view, region, "explorer", { except: idsOf(unseen) })),
    ...view.native.flatMap((native) =>
      planType(view, native.facts, unseen.includes(native) ? [] : indexed, { skipIndexed: true }),
    ),
    ...unindexed.map((region) => plan(view, region, "tagging", { except: idsOf(view.native) })),
  ];
}

/** Does the index show resources of this type among all others? */
function isSeen({ explorer }: AccountView, { id }: AwsTypeFacts): boolean {
  return explorer?.types?.has(id) ?? !NOT_INDEXED.has(id);
}

/** Regions (and `global`) where Resource Explorer reads this one type. */
function indexedFor(view: AccountView, type: AwsTypeFacts): readonly string[] {
  if (view.explorer?.types?.has(type.id) !== true) return [];
  return [...view.regions, GLOBAL].filter((place) => isIndexed(view, place));
}

/** The aggregator's index holds the resources without a Region too. */
function isIndexed({ explorer }: AccountView, place: string): boolean {
  if (explorer === null || explorer.regions.size === 0) return false;
  return place === GLOBAL || explorer.regions.has(place);
}

function planType(
  view: AccountView,
  type: AwsTypeFacts,
  indexed: readonly string[],
  { skipIndexed }: { readonly skipIndexed: boolean } = { skipIndexed: false },
): readonly CellPlan[] {
  const places = type.global ? (view.global ? [GLOBAL] : []) : view.regions;
  const byExplorer = places.filter((place) => indexed.includes(place));
  const rest = places.filter((place) => !indexed.includes(place));
  const native = view.native.find(({ facts }) => facts.id === type.id);
  const rung: Rung =
    native !== undefined ? "native" : type.taggingFilter === null ? "none" : "tagging";
  const whole = native?.accountWide === true && view.allRegions && byExplorer.length === 0;
  return [
    ...(skipIndexed ? [] : byExplorer.map((place) => plan(view, place, "explorer", { type }))),
    ...(whole ? [ANY] : rest).map((place) => {
      // One list of every Region is cheaper than Config, and current.
      const recorded = native?.accountWide === false && view.config?.records(place, type) === true;
      return plan(view, place, recorded ? "config" : rung, { type });
    }),
  ];
}

function plan(
  { account }: AccountView,
  region: string,
  rung: Rung,
  holds: Partial<Pick<CellPlan, "type" | "except">> = {},
): CellPlan {
  const { type, except = [] } = holds;
  const cell: Cell = { cloud: "aws", account, region, resourceType: type?.id ?? ANY };
  return { cell, rung, type, except };
}
