/** Where a resource is, as its id alone tells. */
export interface LocatedResource {
  /** Undefined when the id does not say: an S3 bucket's ARN names no account. */
  readonly account: string | undefined;
  /** Undefined when the id does not say. */
  readonly region: string | undefined;
  /** Native type ids that it can be; empty when none that this build knows. */
  readonly types: readonly string[];
}

/** Reads an id of one cloud. No call is made. @returns undefined when it is no id of this cloud. */
export type Locate = (id: string) => LocatedResource | undefined;
