import type { TagReading } from "./tag-columns.ts";

/** What is read of each line, as SQL over the columns of one file. Texts are `NULL` where there is none. */
export interface LineSql {
  /** `aws`, `azure`, `gcp`, or `NULL` for a provider that is none of ours. */
  readonly cloud: string;
  readonly start: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly currency: string;
  /** Exact decimals; `NULL` for what cannot be read. */
  readonly effective: string;
  readonly billed: string;
  /** What decides the charge class, in the order that the format's `chargeOf` takes it. */
  readonly charge: readonly string[];
  readonly tags: TagReading;
}
