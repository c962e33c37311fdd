import type { Cloud } from "../../cloud.ts";
import type { CostMethod } from "../../cost/cost-line.ts";
import type { Micros } from "../../money.ts";
import type { TagSet } from "../../resource.ts";
import type { Carrier } from "./carriers.ts";
import type { Finding } from "./finding.ts";
import { PAYER_ROLES, RoleReader, type RoleOf } from "./payers.ts";
import { foldValue } from "./spelling.ts";

/** What resources cost by one method and in one currency: neither is ever added to another. */
export interface FoundSpend {
  readonly method: CostMethod;
  readonly currency: string;
  readonly micros: Micros;
  /** Resources of the finding that the bill names; what the others cost is not known. */
  readonly resources: number;
}

/** What one resource cost by one method and in one currency. */
export interface TaggedSpend extends Omit<FoundSpend, "resources"> {
  readonly cloud: Cloud;
  readonly tags: TagSet;
}

/** Spend of a finding and of its examples. Empty where no bill names any of the resources: not known. */
export interface SpendOfFinding {
  readonly spend: readonly FoundSpend[];
  /** By `exampleKey`. */
  readonly byExample: ReadonlyMap<string, readonly FoundSpend[]>;
}

/** Names an example within its finding. */
export function exampleKey({
  cloud,
  text,
}: {
  readonly cloud: Cloud;
  readonly text: string;
}): string {
  return `${cloud} ${text}`;
}

/** A finding, and one of its examples, that a resource is behind. */
interface Hit {
  readonly finding: number;
  readonly example: string;
}

/**
 * Adds up what the resources behind findings cost. A resource counts once in a finding and once in an
 * example, however many of its tags are the reason.
 */
export class FindingSpend {
  readonly #byTag = new Map<string, Hit[]>();
  readonly #roles: RoleReader;
  readonly #sums: readonly Sums[];
  readonly #hasPayers: boolean;

  constructor(findings: readonly Finding[], roleOf: RoleOf) {
    this.#roles = new RoleReader(roleOf);
    this.#sums = findings.map(() => new Sums());
    this.#hasPayers = findings.some(({ carriers }) => carriers.some(({ by }) => by === "payer"));
    for (const [finding, { carriers }] of findings.entries())
      for (const carrier of carriers) {
        const example = exampleKey({ cloud: carrier.cloud, text: carrier.example });
        const key = keyOf(carrier);
        const hits = this.#byTag.get(key);
        if (hits === undefined) this.#byTag.set(key, [{ finding, example }]);
        else hits.push({ finding, example });
      }
  }

  /** One resource may be added once for each method and currency. */
  add(resource: TaggedSpend): void {
    const hits = [...this.#hitsOf(resource)];
    for (const finding of new Set(hits.map((hit) => hit.finding))) {
      const examples = hits.filter((hit) => hit.finding === finding).map(({ example }) => example);
      this.#sums[finding]?.add(resource, new Set(examples));
    }
  }

  /** In the order of the findings. */
  read(): readonly SpendOfFinding[] {
    return this.#sums.map((sums) => sums.read());
  }

  *#hitsOf({ cloud, tags }: TaggedSpend): Generator<Hit> {
    for (const { key, value } of tags) {
      yield* this.#byTag.get(tagKey(cloud, key, null)) ?? [];
      yield* this.#byTag.get(tagKey(cloud, key, value)) ?? [];
    }
    if (!this.#hasPayers) return;
    const named = this.#roles.read(cloud, tags);
    for (const role of PAYER_ROLES) {
      const payer = foldValue(named[role] ?? "");
      const costCenter = foldValue(named.cost_center ?? "");
      yield* this.#byTag.get(payerKey(cloud, role, { payer, costCenter })) ?? [];
    }
  }
}

class Sums {
  readonly #all = new Map<string, FoundSpend>();
  readonly #byExample = new Map<string, Map<string, FoundSpend>>();

  add(resource: TaggedSpend, examples: ReadonlySet<string>): void {
    addTo(this.#all, resource);
    for (const example of examples) {
      const own = this.#byExample.get(example) ?? new Map<string, FoundSpend>();
      this.#byExample.set(example, own);
      addTo(own, resource);
    }
  }

  read(): SpendOfFinding {
    const byExample = [...this.#byExample].map(([example, own]) => [example, sorted(own)] as const);
    return { spend: sorted(this.#all), byExample: new Map(byExample) };
  }
}

function addTo(sums: Map<string, FoundSpend>, { method, currency, micros }: TaggedSpend): void {
  const key = spendUnit({ method, currency });
  const known = sums.get(key) ?? { method, currency, micros: 0n, resources: 0 };
  sums.set(key, { ...known, micros: known.micros + micros, resources: known.resources + 1 });
}

/** What amounts must share to be compared or added. */
export function spendUnit({ method, currency }: Pick<FoundSpend, "method" | "currency">): string {
  return `${currency} ${method}`;
}

function sorted(sums: ReadonlyMap<string, FoundSpend>): readonly FoundSpend[] {
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, spend]) => spend);
}

function keyOf(carrier: Carrier): string {
  return carrier.by === "tag"
    ? tagKey(carrier.cloud, carrier.key, carrier.value)
    : payerKey(carrier.cloud, carrier.role, carrier);
}

function tagKey(cloud: Cloud, key: string, value: string | null): string {
  return JSON.stringify([cloud, key, value]);
}

function payerKey(
  cloud: Cloud,
  role: string,
  { payer, costCenter }: { readonly payer: string; readonly costCenter: string },
): string {
  return JSON.stringify([cloud, role, payer, costCenter, "payer"]);
}
