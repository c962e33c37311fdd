/**
 * One thing that a conversion between policy formats could not carry over. `what` and `why` are our
 * own words; text of the converted document stands only in `path` and `value`, as data.
 */
export interface LossyNote {
  /** Where in the document that was converted: `tags.CostCenter.enforced_for`. */
  readonly path: string;
  readonly what: string;
  readonly why: string;
  /** The text concerned, as the document has it. */
  readonly value?: string;
}
