/** Questions that a scanned store answers. */
export const CALLS = [
  { name: "check_tag_compliance", arguments: { cloud_provider: "aws" } },
  { name: "get_tagging_policy", arguments: {} },
  { name: "check_cross_account_compliance", arguments: {} },
  { name: "find_untagged_resources", arguments: {} },
] as const;
