import type { CostGroup, CostKey, CostKeyFact } from "../../src/domain/cost/cost-line.ts";
import type { CostFacts, CostRequest, CostSource } from "../../src/ports/costs.ts";
import type { StoredTags } from "../../src/ports/stored-tags.ts";
import { policyOf } from "../policy/fixtures.ts";

export const ACCOUNT = "123456789012";

/** CostCenter with a list, an alias, values for GCP; an exempt account; a tag that exempts. */
export const POLICY = policyOf(`
version: "2.0"
required_tags:
  - name: CostCenter
    allowed_values: [Engineering, Marketing, Sales]
    names: { gcp: cost_center }
    aliases: [cost-center]
    value_map: { gcp: { Engineering: engineering, Marketing: marketing, Sales: sales } }
  - name: Owner
exemptions:
  - match: { account: "999999999999" }
    reason: being closed
    owner: finance
    expires: 2027-01-31
  - match: { tags: { Lifecycle: Retiring } }
    tags: [CostCenter]
    reason: being retired
    owner: finance
    expires: 2026-12-31
`);

/** A charge of 100 for one machine, with these tags. */
export function charge(
  tags: Readonly<Record<string, string>>,
  overrides: Partial<CostGroup> = {},
): CostGroup {
  return {
    cloud: "aws",
    month: "2026-10",
    charge: "usage",
    account: ACCOUNT,
    region: "eu-central-1",
    service: "AmazonEC2",
    resourceType: "ec2:instance",
    resourceId: "i-0123456789abcdef0",
    hasResource: true,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    effectiveMicros: 100_000_000n,
    billedMicros: 90_000_000n,
    currency: "USD",
    lines: 1,
    ...overrides,
  };
}

/** An inventory that nothing was ever read into. */
export const NO_INVENTORY: StoredTags = {
  holding: async function* () {
    yield* [];
  },
};

export function activeKey(tag: string): CostKeyFact {
  return { tag, state: "active", activeSince: null, spellingsRead: [tag], merged: [] };
}

/** A source that answers with these groups, and remembers what it was asked. */
export function fakeSource(
  groups: readonly CostGroup[],
  overrides: Partial<CostSource> & { readonly facts?: Partial<CostFacts> } = {},
): CostSource & { readonly requests: CostRequest[] } {
  const { facts, ...rest } = overrides;
  const requests: CostRequest[] = [];
  return {
    requests,
    method: "cost_explorer",
    cloud: "aws",
    capabilities: {
      dimensions: ["account", "region", "service"],
      maxDimensions: 1,
      maxKeys: 1,
      blankIsAbsent: true,
      seesResources: false,
    },
    keepForMs: 8 * 3_600_000,
    askingCost: () => ({ calls: 2, costMicros: 20_000n }),
    close: async () => undefined,
    read: (request, _signal, onSpent) => {
      requests.push(request);
      onSpent?.(20_000n);
      return {
        groups: (async function* () {
          yield groups;
        })(),
        facts: () => ({
          method: rest.method ?? "cost_explorer",
          metric: "effective",
          asOfMs: Date.UTC(2026, 10, 22, 6),
          estimated: false,
          missing: [],
          keys: request.keys.map(({ tag }: CostKey) => activeKey(tag)),
          linesLeftOut: 0,
          asked: { calls: 2, costMicros: 20_000n },
          ...facts,
        }),
      };
    },
    ...rest,
  };
}
