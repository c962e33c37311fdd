import { startAzure } from "../../sandbox/azure/server.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { ACCOUNT_TYPES } from "../../sandbox/estate/resource-types.ts";
import type { Estate, EstateGroup } from "../../sandbox/estate/types.ts";
import { createFaultPlan } from "../../sandbox/faults.ts";
import { ORGANIZATION } from "../../sandbox/gcp/hierarchy.ts";
import { startGcp } from "../../sandbox/gcp/server.ts";

/** Serves half of so many resources in Azure and half in Google Cloud, under real quotas, until it is killed. */
const resources = Number(process.argv[2]);
const estate = halves(resources);
const common = { estate, faults: createFaultPlan(), port: 0, latencyMs: 0 };
const azure = await startAzure({ ...common, quota: "real" });
const gcp = await startGcp({ ...common, quota: "real" });
process.send?.({
  env: { ...azure.env, ...gcp.env },
  urls: { azure: azure.url, gcp: gcp.url },
  organization: ORGANIZATION.replace("organizations/", ""),
});
process.once("disconnect", () => process.exit());

function resize(group: EstateGroup, count: number): EstateGroup {
  return { ...group, count };
}

/**
 * An estate whose Azure and Google groups are resized to equal halves; what is in a group is made on
 * demand from an index, which repeats where the group was smaller.
 */
function halves(total: number): Estate {
  const made = createEstate({ seed: 7, resources: 1_000_000 });
  const groups = (["azure", "gcp"] as const).flatMap((cloud) => {
    const own = made.groups.filter((group) => group.cloud === cloud);
    const accounts = own.filter(({ type }) => ACCOUNT_TYPES.has(type));
    const others = own.filter(({ type }) => !ACCOUNT_TYPES.has(type));
    const sum = others.reduce((all, { count }) => all + count, 0);
    let running = 0;
    let given = 0;
    const resized = others.map((group) => {
      running += group.count;
      const until = Math.round((running / sum) * (total / 2 - accounts.length));
      const count = until - given;
      given = until;
      return resize(group, count);
    });
    // In the order of the estate: what belongs to an account stays together.
    return [...accounts, ...resized].toSorted((one, other) => one.ordinal - other.ordinal);
  });
  const sizes = new Map(made.groups.map(({ ordinal, count }) => [ordinal, count]));
  return {
    ...made,
    groups: groups.filter(({ count }) => count > 0),
    resource: (group, index) => {
      const size = sizes.get(group.ordinal) ?? 1;
      const original = made.groups[group.ordinal] ?? group;
      const resource = made.resource(original, index % size);
      return index < size ? resource : { ...resource, id: `${resource.id}-${index}` };
    },
  };
}
