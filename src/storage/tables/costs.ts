import type { ColumnType } from "kysely";
import type { Cloud } from "../../domain/cloud.ts";
import type { ChargeClass } from "../../domain/cost/charge-class.ts";
import type { CostMethod } from "../../domain/cost/cost-line.ts";

/**
 * Micros go in as bigint and are only ever read as text (`cast(… as text)`): a sum can exceed what a
 * JavaScript number holds exactly.
 */
type MicrosColumn = ColumnType<never, bigint, never>;

/** Bills, as resource × month, and kept answers. */
export interface CostTables {
  cost_bills: CostBillTable;
  cost_places: CostPlaceTable;
  cost_tag_sets: { id: number; tags: string };
  cost_lines: CostLineTable;
  resource_costs: ResourceCostTable;
  cost_weights: { cloud: Cloud; month: string; bills: string };
  cost_answers: { key: string; answer: string; stored_at: number };
}

/** One month of one bill. Lines of a bill that is still being written are in no answer. */
interface CostBillTable {
  no: number;
  source: string;
  cloud: Cloud;
  month: string;
  method: CostMethod;
  state: "writing" | "current";
  as_of: number | null;
  stored_at: number;
  lines: number;
  lines_left_out: number;
  /** JSON of `CostKeyFact[]`. */
  keys: string;
}

/** Where charges arise; null where the bill does not say, stored as an empty text. */
interface CostPlaceTable {
  id: number;
  cloud: Cloud;
  account: string;
  region: string;
  service: string;
  resource_type: string;
}

/** What a resource cost in a month, of all bills that `cost_weights` names for its cloud. */
interface ResourceCostTable {
  month: string;
  cloud: Cloud;
  /** Comparable with `resources.resource_key`. */
  resource_key: string;
  currency: string;
  method: CostMethod;
  effective: MicrosColumn;
}

interface CostLineTable {
  bill_no: number;
  place_id: number;
  tags_id: number;
  charge: ChargeClass;
  /** 1, 0, or null where the bill does not say. */
  has_resource: number | null;
  /** Comparable with `resources.resource_key`; see `costResourceKey`. */
  resource_key: string | null;
  currency: string;
  effective: MicrosColumn;
  billed: ColumnType<never, bigint | null, never>;
  lines: number;
}
