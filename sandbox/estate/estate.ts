import { CLOUDS, type Cloud } from "../../src/domain/cloud.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { Link } from "../../src/domain/links.ts";
import { type Account, accountsOf } from "./accounts.ts";
import { ENVIRONMENTS_OF, TEAMS, type Environment, type Team } from "./company.ts";
import { conditionOf, handOf } from "./conditions.ts";
import { defectOf } from "./defects.ts";
import { fillSlots } from "./groups.ts";
import { ID_OF, idHead, type MakeId, nameOf, OPAQUE_IDS } from "./identity.ts";
import { isoMoment } from "./moment.ts";
import { networkLinks } from "./networks.ts";
import { hash32, hashRoot, pick, salted } from "./random.ts";
import { ACCOUNT_TYPES, RESOURCE_GROUP } from "./resource-types.ts";
import { healthyValues, tagsOf } from "./tagging.ts";
import { decodeToken, encodeToken, type Position } from "./token.ts";
import { countTruth } from "./truth.ts";
import type { Condition, Estate, EstateGroup, EstateOptions, EstateResource } from "./types.ts";

/** Shares of the three clouds, in per cent; the rest is GCP's. */
const AWS_PERCENT = 60;
const AZURE_PERCENT = 25;

export const SMALLEST_ESTATE = 300;
export const LARGEST_ESTATE = 1_000_000;

/** The newest resource of every estate was made before this moment: answers do not change with time. */
const NEWEST_MS = Date.UTC(2026, 10, 1);
const OLDEST_DAYS = 1_600;
const DAY_MS = 86_400_000;

const WORDS = ["prod", "api", "worker", "main", "shared", "batch", "events", "primary"] as const;

/** A group with what its resources are made from. */
interface Place extends EstateGroup {
  readonly home: Account;
  readonly neglected: boolean;
  /** The place's only resource is the account itself. */
  readonly isAccount: boolean;
  /** Whether an exemption of the sandbox policy can match what is here. */
  readonly exemptable: boolean;
  readonly opaqueId: boolean;
  readonly idHead: string;
  readonly makeId: MakeId;
  /** Azure: ordinal and size of the resource groups of the same place; -1 elsewhere. */
  readonly resourceGroups: { readonly ordinal: number; readonly count: number };
}

/** Everything about a resource that is cheap to know: no text is made. */
interface Draft {
  readonly team: Team;
  readonly environment: Environment;
  readonly condition: Condition;
  readonly roll: number;
}

/**
 * Makes the company of this size and seed. Memory grows with the number of groups only.
 * @throws {AppError} `invalid_input` for a size outside 300 to 1,000,000 or a seed that is no 32-bit integer.
 */
export function createEstate(options: EstateOptions): Estate {
  checkOptions(options);
  const { seed, only } = options;
  const accounts = CLOUDS.filter((cloud) => only === undefined || cloud === only).flatMap((cloud) =>
    accountsOf(cloud, seed, options.resources),
  );
  const places = placesOf(options, accounts);

  const maker: Maker = { seed, places };
  const draft = (place: Place, index: number): Draft => draftOf(seed, place, index);
  const resource = (group: EstateGroup, index: number): EstateResource =>
    resourceOf(maker, placeOf(places, group, index), index);

  return {
    options,
    accounts: accounts.map(({ cloud, id, name }) => ({ cloud, id, name })),
    groups: places,
    resource,
    condition: (group, index) =>
      conditionAt(hashRoot(seed, group.ordinal, index), placeOf(places, group, index)),
    find: (cloud, id) => {
      const position = positionOf(maker, id);
      const place = position === undefined ? undefined : places[position.ordinal];
      if (position === undefined || place === undefined || position.index >= place.count)
        return undefined;
      const found = resource(place, position.index);
      const same =
        cloud === "azure" ? found.id.toLowerCase() === id.toLowerCase() : found.id === id;
      return same && found.cloud === cloud ? found : undefined;
    },
    linksOf: ({ id }) => {
      const position = positionOf(maker, id);
      const place = position === undefined ? undefined : places[position.ordinal];
      return position === undefined || place === undefined
        ? []
        : linksAt(seed, place, position.index);
    },
    truth: (cloud, where = () => true) => {
      const chosen = places.filter((place) => place.cloud === cloud && where(place));
      return countTruth(chosen, (place, index) => {
        const { condition, team, environment, roll } = draft(place, index);
        const healthy = healthyValues(cloud, team, environment);
        return { condition, defect: defectOf(condition, { cloud, roll, healthy }) };
      });
    },
  };
}

function checkOptions({ seed, resources }: EstateOptions): void {
  if (!Number.isInteger(resources) || resources < SMALLEST_ESTATE || resources > LARGEST_ESTATE)
    throw new AppError("invalid_input", "The size of a simulated estate is out of range.", {
      hint: `Choose a whole number of resources from ${SMALLEST_ESTATE} to ${LARGEST_ESTATE}.`,
      details: { resources },
    });
  if (!Number.isInteger(seed) || Math.abs(seed) > 0xffffffff)
    throw new AppError("invalid_input", "The seed of a simulated estate is not a 32-bit integer.", {
      hint: "Choose a whole number such as 1.",
      details: { seed },
    });
}

function totalsOf({ resources, only }: EstateOptions): Readonly<Record<Cloud, number>> {
  if (only !== undefined) return { aws: 0, azure: 0, gcp: 0, [only]: resources };
  const aws = Math.round((resources * AWS_PERCENT) / 100);
  const azure = Math.round((resources * AZURE_PERCENT) / 100);
  return { aws, azure, gcp: resources - aws - azure };
}

function placesOf(options: EstateOptions, accounts: readonly Account[]): readonly Place[] {
  const { seed } = options;
  const totals = totalsOf(options);
  const slots = CLOUDS.flatMap((cloud) =>
    fillSlots(
      cloud,
      accounts.filter((account) => account.cloud === cloud),
      { seed, total: totals[cloud] },
    ),
  );
  const groupsAt = new Map(
    slots.flatMap((slot, ordinal) =>
      slot.type.id === RESOURCE_GROUP
        ? [[`${slot.account.id} ${slot.region}`, { ordinal, count: slot.count }] as const]
        : [],
    ),
  );
  return slots.map(({ account, region, type, count }, ordinal) => ({
    isAccount: ACCOUNT_TYPES.has(type.id),
    // An id pattern that matched a resource group would also match everything inside it.
    // An account's own id has no name in it that a pattern could match.
    exemptable: type.id !== RESOURCE_GROUP && !ACCOUNT_TYPES.has(type.id),
    opaqueId: OPAQUE_IDS.has(type.id),
    idHead: idHead(type.id, { account: account.id, region }),
    makeId: makeIdOf(type.id),
    ordinal,
    cloud: account.cloud,
    account: account.id,
    region,
    type: type.id,
    count,
    home: account,
    neglected: type.neglected ?? false,
    resourceGroups: groupsAt.get(`${account.id} ${region}`) ?? { ordinal: -1, count: 0 },
  }));
}

function makeIdOf(type: string): MakeId {
  const makeId = ID_OF[type];
  if (makeId === undefined) throw new AppError("internal", "A type of the estate has no id shape.");
  return makeId;
}

function placeOf(places: readonly Place[], group: EstateGroup, index: number): Place {
  const place = places[group.ordinal];
  if (place === undefined || index < 0 || index >= place.count)
    throw new AppError("invalid_input", "The estate has no resource at this position.", {
      details: { ordinal: group.ordinal, index },
    });
  return place;
}

function draftOf(seed: number, place: Place, index: number): Draft {
  const root = hashRoot(seed, place.ordinal, index);
  return {
    team: teamAt(root),
    environment: pick(ENVIRONMENTS_OF[place.home.kind], salted(root, 3)),
    condition: conditionAt(root, place),
    roll: salted(root, 1),
  };
}

function teamAt(root: number): Team {
  return pick(TEAMS, salted(root, 2));
}

function conditionAt(root: number, { cloud, home, neglected, exemptable }: Place): Condition {
  const hand = handOf(teamAt(root).discipline, home.kind, neglected);
  return conditionOf(hand, salted(root, 4), { cloud, exemptable });
}

interface Maker {
  readonly seed: number;
  readonly places: readonly Place[];
}

function resourceOf(maker: Maker, place: Place, index: number): EstateResource {
  const { seed } = maker;
  const { cloud, account, region, type, opaqueId } = place;
  const draft = draftOf(seed, place, index);
  const { team, environment, condition, roll } = draft;
  const { token, name, application } = namesOf(seed, place, { index, draft });
  const resourceGroup = resourceGroupOf(maker, place, { own: name, roll });
  const id = place.makeId({
    head: place.idHead,
    account,
    region,
    name,
    token,
    roll,
    resourceGroup,
    application,
  });
  const healthy = healthyValues(cloud, team, environment);
  const defect = defectOf(condition, { cloud, roll, healthy });
  const tags = tagsOf(
    { cloud, account, region, name, application, opaqueId, token, roll },
    { condition, defect, healthy },
  );
  const ageMs = (roll % OLDEST_DAYS) * DAY_MS + (hash32(seed, place.ordinal, index, 5) % DAY_MS);
  const createdAt = isoMoment(NEWEST_MS - ageMs);
  return { cloud, account, region, type, id, name, tags, condition, createdAt };
}

function namesOf(
  seed: number,
  place: Place,
  { index, draft }: { readonly index: number; readonly draft: Draft },
): { readonly token: string; readonly name: string; readonly application: string } {
  const { team, condition, roll } = draft;
  const token = encodeToken(seed, { ordinal: place.ordinal, index });
  const application = pick(team.applications, roll >>> 3);
  const word = condition === "exempt" ? "legacy" : pick(WORDS, roll >>> 6);
  const name = place.isAccount
    ? place.home.name
    : nameOf({ type: place.type, application, word, token, roll });
  return { token, application, name };
}

function linksAt(seed: number, place: Place, index: number): readonly Link[] {
  const { ordinal, cloud, account, region, type } = place;
  const draft = draftOf(seed, place, index);
  const { application } = namesOf(seed, place, { index, draft });
  return networkLinks({
    seed,
    ordinal,
    index,
    cloud,
    account,
    region,
    type,
    ...draft,
    application,
  });
}

const ACCOUNT_ID =
  /^(?:\/subscriptions|\/\/cloudresourcemanager\.googleapis\.com\/projects)\/([^/]+)$/i;

/** The id of an account holds no token; every other id ends in one. */
function positionOf({ seed, places }: Maker, id: string): Position | undefined {
  const account = ACCOUNT_ID.exec(id)?.[1]?.toLowerCase();
  if (account === undefined) return decodeToken(seed, id);
  const place = places.find((one) => ACCOUNT_TYPES.has(one.type) && one.account === account);
  return place && { ordinal: place.ordinal, index: 0 };
}

/** The resource group that an Azure resource lives in: one of the same subscription and location. */
function resourceGroupOf(
  { seed, places }: Maker,
  place: Place,
  { own, roll }: { readonly own: string; readonly roll: number },
): string {
  if (place.cloud !== "azure" || place.isAccount) return "";
  if (place.type === RESOURCE_GROUP) return own;
  const groups = places[place.resourceGroups.ordinal];
  if (groups === undefined) throw new AppError("internal", "An Azure place has no resource group.");
  const index = (roll >>> 2) % groups.count;
  return namesOf(seed, groups, { index, draft: draftOf(seed, groups, index) }).name;
}
