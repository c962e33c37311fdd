import type { CostDimension } from "../../domain/cost/cost-line.ts";
import type { CostRequest } from "../../ports/costs.ts";
import type { CostQuery, Expression, GroupDefinition } from "./sdk/cost-explorer.ts";

/**
 * The fewest requests that tell apart what is asked. Cost Explorer groups by two things at once, and
 * charges that no tag reaches have to be kept out of the gap, so that one question asks for what can be
 * tagged, and another for the rest. Aliases of a key are asked for among what the spellings before lack.
 */
export interface CostPlan {
  /** By tag, one a spelling; each asks only for what has no value under the spellings before. */
  readonly tagged: readonly CostQuery[];
  /** By charge type. */
  readonly charges: readonly ChargeQuery[];
}

/** A question of amounts by charge type, and then by the dimension or, with `told`, by service. */
export interface ChargeQuery {
  readonly query: CostQuery;
  /**
   * How charges for support, which are typed as use, are recognised: `told` by their service, `excluded`
   * from the answer, or `alone` the use that is in it.
   */
  readonly support: "told" | "excluded" | "alone";
}

const DIMENSION = {
  account: "LINKED_ACCOUNT",
  region: "REGION",
  service: "SERVICE",
} as const satisfies Partial<Record<CostDimension, string>>;

export const AWS_COST_DIMENSIONS: readonly CostDimension[] = ["account", "region", "service"];

/** Charge types that carry the tags of a resource, in both spellings that AWS uses for them. */
export const TAGGABLE_TYPES = [
  "Usage",
  "DiscountedUsage",
  "Discounted Usage",
  "SavingsPlanCoveredUsage",
  "Savings Plan Covered Usage",
  "BundledDiscount",
  "Bundled Discount",
  "Discount",
  "EdpDiscount",
  "Enterprise Discount Program Discount",
  "PrivateRateDiscount",
  "Private Rate Discount",
  "SppDiscount",
  "Solution Provider Program Discount",
  "DistributorDiscount",
  "Distributor Discount",
] as const;

/** Support is charged as the use of a service, which no tag reaches. */
const SUPPORT_SERVICES = [
  "AWS Support (Basic)",
  "AWS Support (Business)",
  "AWS Support (Developer)",
  "AWS Support (Enterprise)",
  "AWS Support [Business]",
  "AWS Support [Developer]",
  "AWS Support [Enterprise]",
  "AWS Support (Enterprise On-Ramp)",
  "AWS Premium Support",
] as const;

const isOf = (
  Key: "RECORD_TYPE" | "SERVICE" | "LINKED_ACCOUNT",
  values: readonly string[],
): Expression => ({
  Dimensions: { Key, Values: [...values] },
});

const TAGGABLE: readonly Expression[] = [
  isOf("RECORD_TYPE", TAGGABLE_TYPES),
  { Not: isOf("SERVICE", SUPPORT_SERVICES) },
];

/** @param spellings keys that the bill carries; none where there is nothing to ask by tag. */
export function planCosts(request: CostRequest, spellings: readonly string[]): CostPlan {
  const { period, accounts } = request;
  const scope = accounts.length === 0 ? [] : [isOf("LINKED_ACCOUNT", accounts)];
  const dimension = dimensionIn(request);
  const query = (
    filters: readonly Expression[],
    groupBy: readonly GroupDefinition[],
  ): CostQuery => ({
    ...period,
    filter: allOf([...scope, ...filters]),
    groupBy,
  });
  const byType: GroupDefinition = { Type: "DIMENSION", Key: "RECORD_TYPE" };
  // One request tells everything where the service is known, because it tells support from use.
  if (spellings.length === 0 && (dimension === undefined || dimension === "SERVICE"))
    return {
      tagged: [],
      charges: [
        { query: query([], [byType, { Type: "DIMENSION", Key: "SERVICE" }]), support: "told" },
      ],
    };
  const by: readonly GroupDefinition[] =
    dimension === undefined ? [] : [{ Type: "DIMENSION", Key: dimension }];
  const rest: ChargeQuery = {
    query: query([{ Not: { And: [...TAGGABLE] } }], [byType, ...by]),
    support: "alone",
  };
  if (spellings.length === 0) {
    const use: ChargeQuery = { query: query(TAGGABLE, [byType, ...by]), support: "excluded" };
    return { tagged: [], charges: [use, rest] };
  }
  return {
    tagged: spellings.map((spelling, at) =>
      query(
        [...TAGGABLE, ...spellings.slice(0, at).map(absent)],
        [{ Type: "TAG", Key: spelling }, ...(dimension === undefined ? [byType] : by)],
      ),
    ),
    charges: [rest],
  };
}

/** The dimension of a request as Cost Explorer names it. */
export function dimensionIn({
  dimensions: [first],
}: CostRequest): (typeof DIMENSION)[keyof typeof DIMENSION] | undefined {
  return first === "account" || first === "region" || first === "service"
    ? DIMENSION[first]
    : undefined;
}

function absent(Key: string): Expression {
  return { Tags: { Key, MatchOptions: ["ABSENT"] } };
}

function allOf(filters: readonly Expression[]): Expression | undefined {
  const [first] = filters;
  return filters.length > 1 ? { And: [...filters] } : first;
}
