import type { Cloud } from "./cloud.ts";
import type { Link } from "./links.ts";

/** One AWS tag, Azure tag or GCP label, exactly as the cloud spells it. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}
export type TagSet = readonly Tag[];

/**
 * A tag that holds for a resource without being its own: of the resource group or subscription that it
 * is in (Azure), or a Resource Manager tag (Google Cloud), which is bound to it or to what it is in.
 */
export interface InheritedTag extends Tag {
  /** Id of what carries it. */
  readonly from: string;
}

/** A resource as one read of a cloud saw it. Reading never normalises tags: variants are findings. */
export interface Resource {
  readonly cloud: Cloud;
  /** AWS account id, Azure subscription id (lower case) or GCP project id. */
  readonly account: string;
  /** Native region or zone-less location; `global` for resources that have none. */
  readonly region: string;
  /** Native type id: `ec2:instance`, `Microsoft.Compute/virtualMachines`, `compute.googleapis.com/Instance`. */
  readonly type: string;
  /** ARN, Azure resource id or GCP full resource name, as the cloud gave it. Compare by `resourceKey`. */
  readonly id: string;
  /** `[]` was read and is empty; `null` could not be read, which is never the same as untagged. */
  readonly tags: TagSet | null;
  /** Shown, never judged: a policy speaks of `tags` alone. Absent: this read did not tell. */
  readonly inheritedTags?: readonly InheritedTag[];
  /** Never judged. Absent: this read told of none; never empty. */
  readonly links?: readonly Link[];
  /** The cloud itself says that it had tags before; only told where `tags` is `[]`. */
  readonly hadTags?: true;
  /** ISO 8601 UTC; null where the source does not say. */
  readonly createdAt: string | null;
}

/**
 * Identity of a resource id. Azure ids compare without case (ARM and Resource Graph spell the same
 * id differently), AWS ARNs and GCP full names compare exactly.
 */
export function resourceKey(cloud: Cloud, id: string): string {
  return cloud === "azure" ? id.toLowerCase() : id;
}
