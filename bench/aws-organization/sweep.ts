import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { issueCredentials, SECRET_ACCESS_KEY } from "../../sandbox/aws/credentials.ts";
import { createWorld } from "../../sandbox/aws/world.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { type Figures, SEED, type Setting, startWatch } from "./figures.ts";

/**
 * What the scan is compared with: `GetResources`, 100 a page, of every account and enabled Region through
 * the plain SDK as it comes, as many places at a time as the scan has calls in flight. It is given the
 * list of places and ready-made credentials, sees no resource that never had a tag, judges, keeps and
 * stores nothing.
 */
export async function sweep({ resources, concurrency }: Setting): Promise<Figures> {
  const world = createWorld(createEstate({ seed: SEED, resources, only: "aws" }));
  const places = world.accounts.flatMap(({ id }) =>
    world
      .regions(id)
      .filter(({ optInStatus }) => optInStatus !== "not-opted-in")
      .map(({ name }) => ({ account: id, region: name })),
  );
  const requestHandler = new NodeHttpHandler({
    httpAgent: { keepAlive: true, maxSockets: concurrency },
  });
  const watch = startWatch();
  let pages = 0;
  let rows = 0;
  const queue = places.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const { account, region } of queue) {
        const client = new ResourceGroupsTaggingAPIClient({
          region,
          requestHandler,
          maxAttempts: 6,
          credentials: {
            ...issueCredentials({ account, role: "reader", session: "sweep" }),
            secretAccessKey: SECRET_ACCESS_KEY,
          },
        });
        let token: string | undefined;
        do {
          const command = new GetResourcesCommand({
            ResourcesPerPage: 100,
            PaginationToken: token,
          });
          const answer = await client.send(command);
          rows += answer.ResourceTagMappingList?.length ?? 0;
          pages += 1;
          token = answer.PaginationToken || undefined;
        } while (token !== undefined);
      }
    }),
  );
  return { sweep_pages: pages, sweep_rows: rows, ...watch.read("sweep") };
}
