import { z } from "zod";
import type { TagSet } from "../../domain/resource.ts";
import { parseArn } from "./arn.ts";
import type { DescribedResource } from "./sdk/cloud-control.ts";

/**
 * The resource's own ARN: its primary identifier, or the property that types call `Arn` or by their own
 * name (`ServiceArn` of `AWS::AppRunner::Service`). Other properties with ARNs name other resources.
 */
export function ownArn(
  { identifier, properties }: DescribedResource,
  typeName: string,
): string | undefined {
  const kind = typeName.split("::").at(-1) ?? "";
  const candidates = [
    identifier,
    ...["Arn", "ARN", `${kind}Arn`, `${kind}ARN`].map((name) => properties[name]),
  ];
  return candidates.find(
    (text): text is string => typeof text === "string" && parseArn(text) !== undefined,
  );
}

const Pair = z.union([
  z.object({ Key: z.string(), Value: z.string().nullish() }),
  z
    .object({ key: z.string(), value: z.string().nullish() })
    .transform(({ key, value }) => ({ Key: key, Value: value })),
]);
const Tags = z.union([
  z.array(Pair),
  z
    .record(z.string(), z.string())
    .transform((tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))),
]);

/** The `Tags` property, a list of pairs or an object; undefined where there is none that reads as tags. */
export function tagsProperty(properties: DescribedResource["properties"]): TagSet | undefined {
  const parsed = Tags.safeParse(properties["Tags"]);
  if (!parsed.success) return undefined;
  return parsed.data.map(({ Key, Value }) => ({ key: Key, value: Value ?? "" }));
}
