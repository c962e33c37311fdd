/**
 * The policy in force when none is configured. It is part of the bundle, so that the shipped command
 * works from any directory; `policies/default.yaml` is the same text for people to copy.
 */
export const DEFAULT_POLICY_TEXT = `# The policy in force when none is configured: the three tags that cost allocation starts with.
# Copy it, fill in your own values and point the server at the copy.
version: "2.0"
name: Default policy
description: Who pays, who answers, and which stage a resource belongs to.
required_tags:
  - name: CostCenter
    description: The cost centre, department or budget that pays. List yours in allowed_values.
    aliases: [cost-center, cost_center, Cost Center]
  - name: Owner
    description: The team or person who answers for the resource.
    aliases: [owned-by, team-owner]
  - name: Environment
    description: The stage the resource belongs to.
    # Lower case, because a GCP label cannot hold anything else.
    allowed_values: [production, staging, development, test]
    aliases: [env, Env, stage]
tag_naming_rules:
  # Another case of a key is read as the key and reported as a warning.
  case_sensitivity: false
  allow_special_characters: true
  max_key_length: 128
  max_value_length: 256
  severity: warning
`;
