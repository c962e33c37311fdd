import type { Cloud } from "../cloud.ts";

/**
 * Prefix of the tags each cloud writes itself. They are never judged and never written.
 * `aws:` is reserved in any case (https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html);
 * `hidden-` tags steer the Azure portal; GCP creates labels that start with `goog-`.
 */
const OWN_PREFIX = { aws: "aws:", azure: "hidden-", gcp: "goog-" } as const satisfies Record<
  Cloud,
  string
>;

/** Is this key the provider's own on that cloud? */
export function isProviderOwned(cloud: Cloud, key: string): boolean {
  const prefix = OWN_PREFIX[cloud];
  return key.length >= prefix.length && key.slice(0, prefix.length).toLowerCase() === prefix;
}
