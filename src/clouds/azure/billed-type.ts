import { AZURE_RESOURCE_TYPES } from "./resource-types.ts";

const KNOWN: ReadonlyMap<string, string> = new Map(
  AZURE_RESOURCE_TYPES.map(({ id }) => [id.toLowerCase(), id]),
);

/** Native type of a billed resource; null where its id does not say, or the type is not one we know. */
export function azureBilledType(resourceId: string): string | null {
  return KNOWN.get(typeOfId(resourceId.toLowerCase())) ?? null;
}

/** The last provider and every second segment after it: the others are names. */
function typeOfId(id: string): string {
  const [provider = "", ...segments] = id.split("/providers/").at(-1)?.split("/") ?? [];
  if (!id.includes("/providers/")) return "";
  return [provider, ...segments.filter((_, at) => at % 2 === 0)].join("/");
}
