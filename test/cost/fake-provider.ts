import type { CloudProvider } from "../../src/ports/cloud.ts";

/** A cloud of which only the name is looked at. */
export function fakeProvider(cloud: CloudProvider["cloud"]): CloudProvider {
  const nothing = async function* () {
    yield* [];
  };
  return {
    cloud,
    resourceTypes: [],
    regions: [],
    inventory: { plan: nothing },
    locate: nothing,
    apiCalls: () => 0,
    close: async () => undefined,
  } as unknown as CloudProvider; // oxlint-disable-line typescript/no-unsafe-type-assertion -- only its name is looked at
}
