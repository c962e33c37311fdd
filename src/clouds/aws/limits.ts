import { limitFor, type RateLimit } from "./rate.ts";

/** Requests a second that one account and Region may send to a service. */
export const LIMITS = {
  /** GetResources: 15 a second, not adjustable (Tag Editor User Guide, quotas). */
  tagging: limitFor(15),
  /**
   * Search 5 a second, other calls 3 (Resource Explorer User Guide, quotas). Which of the two counts
   * ListResources is not documented: begin at the lower, let clean answers lead to the higher.
   */
  explorer: { initialPerSecond: 3, ceilingPerSecond: 5 },
  /** Unfiltered describe calls refill at 20 a second (EC2 API throttling). */
  ec2: limitFor(20),
  /** 600 a second per account and Region (IAM quotas); far more than we need. */
  sts: limitFor(100),
  /** Not documented. */
  s3: limitFor(20),
  organizations: limitFor(5),
} as const satisfies Readonly<Record<string, RateLimit>>;
