import type { TagLimit } from "../../domain/resource-type.ts";

/**
 * Keys of 127 and values of 255 characters (Elastic Load Balancing User Guides, "Tag restrictions"). How
 * many tags a Classic Load Balancer holds is left open: 50 by that guide, 10 by the reference of AddTags.
 */
export const ELB_TAG_LIMIT: TagLimit = { maxKeyLength: 127, maxValueLength: 255 };
