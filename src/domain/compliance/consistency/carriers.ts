import type { Cloud } from "../../cloud.ts";
import type { PayerRole } from "./payers.ts";

/**
 * Which resources an example of a finding is about, told by their tags. Examples count tags; this is how
 * the resources behind them are found again, each once.
 */
export type Carrier = {
  readonly cloud: Cloud;
  /** The example's own text. */
  readonly example: string;
} & (
  | {
      /** Resources with this very key and value. */
      readonly by: "tag";
      readonly key: string;
      /** Null: any value. */
      readonly value: string | null;
    }
  | {
      /** Resources of an application or owner that name a cost centre; both without case and separators. */
      readonly by: "payer";
      readonly role: PayerRole;
      readonly payer: string;
      readonly costCenter: string;
    }
);
