/** A tag policy of the simulated organization. */
export interface TagPolicy {
  /** Such as `p-tagging01`. */
  readonly id: string;
  readonly name: string;
  /** The document, JSON as its author wrote it. */
  readonly content: string;
  /** Ids of the root, OUs and accounts it is attached to. */
  readonly targets: readonly string[];
}

export const ROOT_ID = "r-sbx1";

/** Says what `policy.yaml` asks, as far as a tag policy can. */
export const DEFAULT_TAG_POLICIES: readonly TagPolicy[] = [
  {
    id: "p-tagging01",
    name: "company-tags",
    targets: [ROOT_ID],
    content: JSON.stringify({
      tags: {
        CostCenter: {
          tag_key: { "@@assign": "CostCenter" },
          tag_value: {
            "@@assign": ["Engineering", "Marketing", "Sales", "Operations", "Finance"],
          },
          enforced_for: { "@@assign": ["ec2:instance", "s3:bucket"] },
        },
        Owner: { tag_key: { "@@assign": "Owner" } },
        Environment: {
          tag_key: { "@@assign": "Environment" },
          tag_value: { "@@assign": ["production", "staging", "development", "test"] },
          report_required_tag_for: { "@@assign": ["ec2:ALL_SUPPORTED"] },
        },
      },
    }),
  },
];
