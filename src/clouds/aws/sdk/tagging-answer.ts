import { z } from "zod";

/** A page of GetResources as the API Reference describes it. */
export const Answer = z.object({
  PaginationToken: z.string().nullish(),
  ResourceTagMappingList: z.array(
    z.object({
      ResourceARN: z.string(),
      // An empty value is written as null by some endpoints.
      Tags: z.array(z.object({ Key: z.string(), Value: z.string().nullish() })).nullish(),
    }),
  ),
});
export type Answer = z.output<typeof Answer>;

/** What `Answer` says, in a third of the time: it would make a copy of every tag of every resource. */
export function isAnswer(answer: unknown): answer is Answer {
  return (
    isObject(answer) &&
    isOptionalText(answer["PaginationToken"]) &&
    isArrayOf(answer["ResourceTagMappingList"], isMapping)
  );
}

function isMapping(mapping: unknown): boolean {
  if (!isObject(mapping) || typeof mapping["ResourceARN"] !== "string") return false;
  const { Tags } = mapping;
  return Tags === undefined || Tags === null || isArrayOf(Tags, isTag);
}

function isTag(tag: unknown): boolean {
  return isObject(tag) && typeof tag["Key"] === "string" && isOptionalText(tag["Value"]);
}

function isArrayOf(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isMember);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isOptionalText(value: unknown): boolean {
  return typeof value === "string" || value === undefined || value === null;
}
