import { ListResourcesCommand, ResourceExplorer2Client } from "@aws-sdk/client-resource-explorer-2";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { issueCredentials, SECRET_ACCESS_KEY } from "../../sandbox/aws/credentials.ts";
import { createWorld } from "../../sandbox/aws/world.ts";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { type Figures, SEED, type Setting, startWatch } from "./figures.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

/** The largest page that comes with a token for the next one (`src/clouds/aws/sdk/explorer.ts`). */
const INDEX_PAGE = 999;
/** Of the accounts' aggregator index. */
const INDEX_REGION = "us-east-1";

/**
 * What the scan is compared with: the pages of the same estate through the plain SDK as it comes, as many
 * places at a time as the scan has calls in flight. First `GetResources`, 100 a page, of every account and
 * enabled Region: all that has or had a tag. Then what that never shows: Resource Explorer's list of
 * `tag:none`, of every account. It is given the list of places and ready-made credentials, asks for no type that
 * Resource Explorer does not index, joins, judges, keeps and stores nothing.
 */
export async function sweep({ resources, concurrency }: Setting): Promise<Figures> {
  const world = createWorld(createEstate({ seed: SEED, resources, only: "aws" }));
  const accounts = world.accounts.map(({ id }) => ({ account: id, region: INDEX_REGION }));
  const places = accounts.flatMap(({ account }) =>
    world
      .regions(account)
      .filter(({ optInStatus }) => optInStatus !== "not-opted-in")
      .map(({ name }) => ({ account, region: name })),
  );
  const requestHandler = new NodeHttpHandler({
    httpAgent: { keepAlive: true, maxSockets: concurrency },
  });
  const client = ({ account, region }: Place) => ({
    region,
    requestHandler,
    maxAttempts: 6,
    credentials: {
      ...issueCredentials({ account, role: "reader", session: "sweep" }),
      secretAccessKey: SECRET_ACCESS_KEY,
    },
  });
  const watch = startWatch();
  const read = { pages: 0, rows: 0, withoutTags: 0, neverOrNoLonger: 0 };

  await atOnce(concurrency, places, async (place) => {
    const tagging = new ResourceGroupsTaggingAPIClient(client(place));
    await toTheEnd(async (token) => {
      const command = new GetResourcesCommand({ ResourcesPerPage: 100, PaginationToken: token });
      const { ResourceTagMappingList: rows = [], PaginationToken } = await tagging.send(command);
      read.pages += 1;
      read.rows += rows.length;
      read.withoutTags += rows.filter(({ Tags }) => Tags?.length === 0).length;
      return PaginationToken;
    });
  });
  const tagged = watch.read("sweep_tagged");

  await atOnce(concurrency, accounts, async (place) => {
    const explorer = new ResourceExplorer2Client(client(place));
    await toTheEnd(async (token) => {
      // The management account's index shows the others' resources too.
      const Filters = { FilterString: `tag:none accountid:${place.account}` };
      const command = new ListResourcesCommand({
        Filters,
        MaxResults: INDEX_PAGE,
        NextToken: token,
      });
      const { Resources: rows = [], NextToken } = await explorer.send(command);
      read.pages += 1;
      read.neverOrNoLonger += rows.length;
      return NextToken;
    });
  });
  return {
    sweep_tagged_seconds: Number(tagged["sweep_tagged_seconds"]),
    sweep_tagged_rows: read.rows,
    sweep_pages: read.pages,
    // What lost its last tag is in both lists.
    sweep_rows: read.rows - read.withoutTags + read.neverOrNoLonger,
    ...watch.read("sweep"),
  };
}

async function atOnce(
  most: number,
  places: readonly Place[],
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const queue = places.values();
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (const place of queue) await work(place);
    }),
  );
}

/** @param readPage resolves to the token of the next page; empty after the last one. */
async function toTheEnd(
  readPage: (token: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  let token: string | undefined;
  do token = (await readPage(token)) || undefined;
  while (token !== undefined);
}
