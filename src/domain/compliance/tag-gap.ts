import { isProviderOwned } from "../policy/provider-owned.ts";
import type { Resource } from "../resource.ts";
import type { Judgement } from "./violation.ts";

/**
 * What a resource lacks, the first that holds.
 * `never_tagged`: no tags, and none known of before.
 * `emptied`: no tags, but it had some once.
 * `only_provider_tags`: only tags that the cloud itself wrote.
 * `missing_required`: tags of somebody's, but not all that the policy requires.
 * `unknown`: its tags could not be read; it is not known to lack anything.
 */
export const TAG_GAPS = [
  "never_tagged",
  "emptied",
  "only_provider_tags",
  "missing_required",
  "unknown",
] as const;
export type TagGap = (typeof TAG_GAPS)[number];

/**
 * Null: it has tags and all that the policy requires.
 * @param hadTags An earlier read saw tags on it.
 */
export function tagGapOf(
  { resource, judgement }: { readonly resource: Resource; readonly judgement: Judgement },
  hadTags: boolean,
): TagGap | null {
  const { tags, cloud } = resource;
  if (tags === null || judgement.verdict === "unknown") return "unknown";
  if (tags.length === 0) return hadTags || resource.hadTags === true ? "emptied" : "never_tagged";
  if (tags.every(({ key }) => isProviderOwned(cloud, key))) return "only_provider_tags";
  return judgement.violations.some(({ kind }) => kind === "missing_required_tag")
    ? "missing_required"
    : null;
}
