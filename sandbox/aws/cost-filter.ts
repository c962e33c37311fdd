import { z } from "zod";
import { type CostLine, LINE_TYPE } from "./cost-lines.ts";

/** Dimensions that are simulated. */
export const DIMENSIONS = ["LINKED_ACCOUNT", "REGION", "SERVICE", "RECORD_TYPE"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const matchOptions = z.array(z.string()).default([]);

/** Cost Explorer's `Expression`: exactly one member (AWS Cost Management API Reference). */
export interface Expression {
  readonly And?: readonly Expression[] | undefined;
  readonly Or?: readonly Expression[] | undefined;
  readonly Not?: Expression | undefined;
  readonly Dimensions?:
    | {
        readonly Key: Dimension;
        readonly Values: readonly string[];
        readonly MatchOptions: readonly string[];
      }
    | undefined;
  readonly Tags?:
    | {
        readonly Key: string;
        readonly Values: readonly string[];
        readonly MatchOptions: readonly string[];
      }
    | undefined;
}

export const expressionSchema: z.ZodType<Expression> = z.lazy(() =>
  z
    .strictObject({
      And: z.array(expressionSchema).min(2).optional(),
      Or: z.array(expressionSchema).min(2).optional(),
      Not: expressionSchema.optional(),
      Dimensions: z
        .strictObject({
          Key: z.enum(DIMENSIONS),
          Values: z.array(z.string()).min(1),
          MatchOptions: matchOptions,
        })
        .optional(),
      Tags: z
        .strictObject({
          Key: z.string(),
          Values: z.array(z.string()).default([]),
          MatchOptions: matchOptions,
        })
        .optional(),
    })
    .refine((expression) => Object.keys(expression).length === 1, "Expected one root operator"),
);

const VALUE_OF: Readonly<Record<Dimension, (line: CostLine) => string>> = {
  LINKED_ACCOUNT: ({ line }) => line.account,
  // What belongs to no Region is of none, but nothing that is billed is without the member.
  REGION: ({ line }) => line.region || "NoRegion",
  SERVICE: ({ line }) => line.service,
  RECORD_TYPE: ({ line }) => LINE_TYPE[line.kind],
};

export function dimensionOf(dimension: Dimension, line: CostLine): string {
  return VALUE_OF[dimension](line);
}

export function matches(expression: Expression | undefined, line: CostLine): boolean {
  if (expression === undefined) return true;
  const { And, Or, Not, Dimensions, Tags } = expression;
  if (And !== undefined) return And.every((part) => matches(part, line));
  if (Or !== undefined) return Or.some((part) => matches(part, line));
  if (Not !== undefined) return !matches(Not, line);
  if (Dimensions !== undefined)
    return Dimensions.Values.includes(dimensionOf(Dimensions.Key, line));
  if (Tags === undefined) return true;
  const value = line.tags.get(Tags.Key);
  if (Tags.MatchOptions.includes("ABSENT")) return value === undefined;
  return value !== undefined && Tags.Values.includes(value);
}
