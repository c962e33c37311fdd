import { AppError } from "../../domain/errors.ts";
import type { Resource, TagSet } from "../../domain/resource.ts";
import { parseArn, typeOfArn } from "./arn.ts";
import { ownArn, tagsProperty } from "./cloud-control-properties.ts";
import { forEachOf } from "./concurrent.ts";
import type { Place } from "./listed-type.ts";
import { GLOBAL, globalEndpoint } from "./region-names.ts";
import type { DescribedResource } from "./sdk/cloud-control.ts";
import { readToTheEnd } from "./sweep.ts";
import { createTagJoin, EMPTIED } from "./tag-join.ts";
import type { ListRequest } from "./types/native-type.ts";

/** A type as Cloud Control is asked for it. */
export interface DescribedType {
  /** What its resources are stored as. */
  readonly id: string;
  /** `AWS::Service::Type`. */
  readonly typeName: string;
  /** The tagging API is known to list tagged resources of the type. */
  readonly coveredByTaggingApi: boolean;
  /** The ARN from the primary identifier; undefined where the properties must have it. */
  readonly arn: ((identifier: string, place: Place) => string) | undefined;
}

/** Resources of one cell that are read one by one, where the list says too little. */
const MOST_READ_ALONE = 500;
/** The most ARNs that the tagging API takes. */
const JOIN_SIZE = 100;

/**
 * All resources of one type in one Region. Their tags are those of the tagging API; where it does not list
 * a resource, those of the resource's own properties. With neither they are unknown, unless the tagging API
 * is known to cover the type, or shows that it does by listing another: then the resource never had a tag.
 */
export async function* listByCloudControl(
  type: DescribedType,
  request: ListRequest,
): AsyncGenerator<readonly Resource[]> {
  const cell = createCell(type, request);
  await cell.list();
  await cell.readAlone((row) => cell.arnOf(row) === undefined);
  const tags = await cell.join();
  const covered = type.coveredByTaggingApi || [...tags.values()].some(isListed);
  const unsaid = (row: DescribedResource): boolean => {
    const listed = isListed(tags.get(cell.arnOf(row) ?? ""));
    return !listed && !covered && tagsProperty(row.properties) === undefined;
  };
  await cell.readAlone(unsaid);
  const resources = cell.rows().map((row) => {
    const arn = cell.arnOf(row);
    const joined = arn === undefined ? undefined : tags.get(arn);
    const never = covered && joined !== undefined ? joined : null;
    const own = isListed(joined) ? joined : (tagsProperty(row.properties) ?? never);
    return cell.resource(row, own);
  });
  if (resources.length > 0) yield resources;
  const failure = cell.failure();
  if (failure !== undefined) throw failure;
}

/** The tagging API gave a row for it, if only an emptied one. */
function isListed(tags: TagSet | undefined): tags is TagSet {
  return tags !== undefined && (tags.length > 0 || tags === EMPTIED);
}

/** Puts into `tags` what the tagging API says of each ARN; what was read before a failure stays. */
async function joinTags(
  tags: Map<string, TagSet>,
  arns: readonly string[],
  of: { readonly type: DescribedType; readonly request: ListRequest; readonly region: string },
): Promise<void> {
  const { calls, account, signal } = of.request;
  const [first] = arns;
  if (first === undefined) return;
  const filter = typeOfArn(first) ?? of.type.id;
  const join = createTagJoin(calls, { account, region: of.region, filter }, signal);
  for (let from = 0; from < arns.length; from += JOIN_SIZE)
    for (const [arn, own] of await join(arns.slice(from, from + JOIN_SIZE))) tags.set(arn, own);
}

/** The steps of reading one cell. What fails is kept and told at the end: what was seen before is still given. */
function createCell(type: DescribedType, request: ListRequest) {
  const { calls, account, partition, region, signal } = request;
  const asked = region === GLOBAL ? globalEndpoint(partition) : region;
  const target = { service: "cloudControl", account, region: asked } as const;
  const rows = new Map<string, DescribedResource>();
  let failure: AppError | undefined;
  let alone = 0;
  const keep = (error: unknown): void => {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    failure ??= error;
  };
  const arnOf = (row: DescribedResource): string | undefined =>
    ownArn(row, type.typeName) ?? type.arn?.(row.identifier, { partition, region: asked, account });

  return {
    arnOf,
    failure: () => failure,
    rows: () => [...rows.values()].filter((row) => isHere(arnOf(row), request)),

    list: async (): Promise<void> => {
      const list = (token: string | undefined) =>
        calls
          .call(target, signal, (api, own) => api.list(type.typeName, token, own))
          .catch(explained);
      const pages = readToTheEnd(list, ({ identifier }) => identifier);
      try {
        for await (const page of pages) for (const row of page) rows.set(row.identifier, row);
      } catch (error) {
        keep(error);
      }
    },

    /** Reads by themselves the rows that need it, in place of what the list said of them. */
    readAlone: async (needed: (row: DescribedResource) => boolean): Promise<void> => {
      const wanted = [...rows.values()].filter(needed);
      const some = wanted.slice(0, MOST_READ_ALONE - alone);
      alone += some.length;
      if (some.length < wanted.length) keep(tooMany(type.typeName));
      try {
        await forEachOf(some, async ({ identifier }) => {
          const full = await calls
            .call(target, signal, (api, own) => api.get(type.typeName, identifier, own))
            .catch(unlessGone);
          if (full === undefined) rows.delete(identifier);
          else rows.set(identifier, { ...full, identifier });
        });
      } catch (error) {
        keep(error);
      }
    },

    /** Tags by ARN, as `TagJoin` gives them; none where the tagging API may not be asked. */
    join: async (): Promise<ReadonlyMap<string, TagSet>> => {
      const arns = [...rows.values()].flatMap((row) => arnOf(row) ?? []);
      const tags = new Map<string, TagSet>();
      await joinTags(tags, arns, { type, request, region: asked }).catch(keep);
      return tags;
    },

    resource: (row: DescribedResource, tags: TagSet | null): Resource => {
      // What has no ARN is found again by its type and primary identifier.
      const id = arnOf(row) ?? `${type.typeName}/${account}/${region}/${row.identifier}`;
      const had = tags === EMPTIED ? ({ hadTags: true } as const) : {};
      return { cloud: "aws", account, region, type: type.id, id, tags, createdAt: null, ...had };
    },
  };
}

/** Some lists also show other Regions' resources; what has no Region is given by one Region only. */
function isHere(arn: string | undefined, { region, partition }: ListRequest): boolean {
  const own = arn === undefined ? undefined : parseArn(arn)?.region;
  if (own === undefined) return true;
  return own === "" ? region === GLOBAL || region === globalEndpoint(partition) : own === region;
}

function unlessGone(error: unknown): undefined {
  if (error instanceof AppError && error.code === "not_found") return;
  throw error;
}

/**
 * "Some resources … require that you provide a resource model" (Cloud Control User Guide, "Resource types
 * that require additional information"): the request is refused as invalid, and we have no parent to name.
 * A type that does not exist, or cannot be listed, is refused by a code of its own.
 */
function explained(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  const upstream = String(error.details["upstreamCode"]);
  const hint = HINTS[upstream];
  if (hint === undefined) throw error;
  const code = upstream === "InvalidCredentialsException" ? "cloud_denied" : "cloud_unsupported";
  throw new AppError(code, "AWS Cloud Control does not list the type.", {
    hint,
    details: error.details,
    cause: error,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  InvalidRequestException:
    "The type can only be listed for a parent resource, which is not supported: leave it out.",
  UnsupportedActionException: "The type cannot be listed in this Region: leave it out.",
  TypeNotFoundException: "CloudFormation knows no such type in this Region: check its name.",
  InvalidCredentialsException: "Allow the actions of the type's own list handler as well.",
};

function tooMany(typeName: string): AppError {
  return new AppError("cloud_truncated", "A list says too little of too many resources.", {
    hint: "Only some of them were read one by one; ask for fewer Regions or accounts at once.",
    details: { typeName, most: MOST_READ_ALONE },
  });
}
