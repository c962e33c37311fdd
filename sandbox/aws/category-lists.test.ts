import { describe, expect, test } from "vitest";
import { readInventory, silent } from "../../test/moto/read-inventory.ts";
import { setEnvironment } from "../../test/moto/server.ts";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { AWS_RESOURCE_TYPES } from "../../src/clouds/aws/resource-types.ts";
import { createEstate } from "../estate/estate.ts";
import { createFaultPlan } from "../faults.ts";
import { startAws } from "./server.ts";

const estate = createEstate({ seed: 7, resources: 3000, only: "aws" });
const asked = AWS_RESOURCE_TYPES.filter(
  ({ category }) => category === "virtual_machine" || category === "queue",
).map(({ id }) => id);

describe("machines and queues, of which the estate has few types", () => {
  test.each(["on", "off"] as const)(
    "with Resource Explorer %s: every type is listed to its end",
    async (state) => {
      const server = await startAws({
        estate,
        resourceExplorer: { state },
        faults: createFaultPlan(),
        port: 0,
        latencyMs: 0,
      });
      const restore = setEnvironment(server.env);
      const provider = createAwsProvider({ logger: silent });
      const { cells, gaps, resources } = await readInventory(provider, { resourceTypes: asked });
      await provider.close();
      restore();
      await server.close();
      const account = estate.accounts[0]?.id;
      const planted = estate.groups
        .filter((group) => group.account === account && asked.includes(group.type))
        .reduce((sum, { count }) => sum + count, 0);
      expect(gaps).toEqual([]);
      expect(cells.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(resources).toHaveLength(planted);
      expect(planted).toBeGreaterThan(50);
    },
    60_000,
  );
});
