import type { Cloud } from "../../src/domain/cloud.ts";
import { type BillLine, daysIn, type ChargeKind, type Month } from "./bill-line.ts";
import { hash32 } from "./random.ts";
import type { Estate } from "./types.ts";

/** What the resources of a place used, in millionths. */
export interface PlaceUse {
  usedMicros: number;
  /** On-demand price of what savings plans paid for. */
  coveredMicros: number;
  /** The same at the price of the plans. */
  plannedMicros: number;
  /** What reservations paid for. */
  reservedMicros: number;
}

/** What the resources of an account used in a month, by region. */
export interface AccountUse {
  readonly cloud: Cloud;
  readonly account: string;
  readonly month: Month;
  readonly seed: number;
  readonly regions: Map<string, PlaceUse>;
}

/** A charge that is a share of something the resources used. */
interface Share {
  readonly service: string;
  readonly kind: ChargeKind;
  readonly of: keyof PlaceUse;
  readonly billedPerMille: number;
  readonly effectivePerMille?: number;
  /** One account or region in so many has it. Default: each. */
  readonly oneIn?: number;
}

/** Charges of every region of an account that no resource is named for. */
const REGIONAL: Readonly<Record<Cloud, readonly Share[]>> = {
  aws: [
    { service: "AWS Data Transfer", kind: "usage", of: "usedMicros", billedPerMille: 18 },
    { service: "AWS Config", kind: "usage", of: "usedMicros", billedPerMille: 7 },
  ],
  azure: [{ service: "Bandwidth", kind: "usage", of: "usedMicros", billedPerMille: 14 }],
  gcp: [{ service: "Networking", kind: "usage", of: "usedMicros", billedPerMille: 16 }],
};

/** Of the fees of a month, the share that nobody used: 60 per mille of what was used. */
const UNUSED = 60;

/** Charges of a whole account. */
const SHARED: Readonly<Record<Cloud, readonly Share[]>> = {
  aws: [
    // What savings plans cover is billed twice, once as usage and once in the fee; this takes it back.
    {
      service: "Amazon Elastic Compute Cloud - Compute",
      kind: "negation",
      of: "coveredMicros",
      billedPerMille: -1000,
      effectivePerMille: 0,
    },
    {
      service: "Savings Plans for AWS Compute usage",
      kind: "commitment_fee",
      of: "plannedMicros",
      billedPerMille: 1000 + UNUSED,
      effectivePerMille: UNUSED,
    },
    {
      service: "Amazon Relational Database Service",
      kind: "unused_commitment",
      of: "reservedMicros",
      billedPerMille: 0,
      effectivePerMille: UNUSED,
    },
    { service: "Tax", kind: "tax", of: "usedMicros", billedPerMille: 85 },
    {
      service: "Amazon Elastic Compute Cloud - Compute",
      kind: "refund",
      of: "usedMicros",
      billedPerMille: -4,
      oneIn: 4,
    },
    {
      service: "Amazon Simple Storage Service",
      kind: "credit",
      of: "usedMicros",
      billedPerMille: -9,
      oneIn: 3,
    },
    {
      service: "Fathom Observability",
      kind: "marketplace",
      of: "usedMicros",
      billedPerMille: 21,
      oneIn: 2,
    },
  ],
  azure: [
    {
      service: "Virtual Machines",
      kind: "commitment_purchase",
      of: "reservedMicros",
      billedPerMille: 1000 + UNUSED,
      effectivePerMille: 0,
    },
    {
      service: "Virtual Machines",
      kind: "unused_commitment",
      of: "reservedMicros",
      billedPerMille: 0,
      effectivePerMille: UNUSED,
    },
    { service: "Virtual Machines", kind: "refund", of: "usedMicros", billedPerMille: -5, oneIn: 4 },
    {
      service: "Fathom Observability",
      kind: "marketplace",
      of: "usedMicros",
      billedPerMille: 17,
      oneIn: 2,
    },
  ],
  gcp: [
    { service: "Compute Engine", kind: "commitment_fee", of: "usedMicros", billedPerMille: 140 },
    { service: "Compute Engine", kind: "refund", of: "usedMicros", billedPerMille: -5, oneIn: 4 },
    { service: "Invoice", kind: "tax", of: "usedMicros", billedPerMille: 90 },
  ],
};

/** AWS reservations are paid for a year ahead, in January. */
const RESERVATION_MONTH = "-01";
const YEAR: Share = {
  service: "Amazon Relational Database Service",
  kind: "commitment_purchase",
  of: "reservedMicros",
  billedPerMille: (1000 + UNUSED) * 12,
  effectivePerMille: 0,
};

/** What an account pays besides its resources' own usage. */
export function* accountCharges(use: AccountUse): Generator<BillLine> {
  const { cloud, month, regions } = use;
  const total: PlaceUse = { usedMicros: 0, coveredMicros: 0, plannedMicros: 0, reservedMicros: 0 };
  let at = 0;
  for (const [region, place] of regions) {
    for (const share of REGIONAL[cloud]) {
      at += 1;
      yield* charge(use, { share, place, region, at });
    }
    total.usedMicros += place.usedMicros;
    total.coveredMicros += place.coveredMicros;
    total.plannedMicros += place.plannedMicros;
    total.reservedMicros += place.reservedMicros;
  }
  const yearly = cloud === "aws" && month.endsWith(RESERVATION_MONTH) ? [YEAR] : [];
  for (const share of [...SHARED[cloud], ...yearly]) {
    at += 1;
    yield* charge(use, { share, place: total, region: "", at });
  }
}

function* charge(
  { cloud, account, month, seed }: AccountUse,
  {
    share,
    place,
    region,
    at,
  }: {
    readonly share: Share;
    readonly place: PlaceUse;
    readonly region: string;
    readonly at: number;
  },
): Generator<BillLine> {
  const {
    service,
    kind,
    of,
    billedPerMille,
    effectivePerMille = billedPerMille,
    oneIn = 1,
  } = share;
  const days = daysIn(month);
  const roll = hash32(seed, hashText(account), hashText(month), at);
  if (roll % oneIn !== 0) return;
  const billedMicros = perMille(place[of], billedPerMille);
  const effectiveMicros = perMille(place[of], effectivePerMille);
  if (billedMicros === 0 && effectiveMicros === 0) return;
  const isPurchase = kind === "commitment_purchase";
  yield {
    cloud,
    account,
    region,
    service,
    kind,
    resource: null,
    tags: [],
    firstDay: 1,
    lastDay: isPurchase ? 1 : days,
    billedMicros,
    effectiveMicros,
  };
}

const SUPPORT: Readonly<Record<Cloud, { readonly service: string; readonly perMille: number }>> = {
  aws: { service: "AWS Support (Business)", perMille: 45 },
  azure: { service: "Azure Support", perMille: 12 },
  gcp: { service: "Support", perMille: 30 },
};

/** The first account of a cloud pays the support of all. */
export function* supportCharge(
  estate: Estate,
  {
    cloud,
    month,
    usedMicros,
  }: { readonly cloud: Cloud; readonly month: Month; readonly usedMicros: number },
): Generator<BillLine> {
  const payer = estate.accounts.find((account) => account.cloud === cloud);
  if (payer === undefined || usedMicros === 0) return;
  const { service, perMille: share } = SUPPORT[cloud];
  const micros = perMille(usedMicros, share);
  yield {
    cloud,
    account: payer.id,
    region: "",
    service,
    kind: "support",
    resource: null,
    tags: [],
    firstDay: 1,
    lastDay: daysIn(month),
    billedMicros: micros,
    effectiveMicros: micros,
  };
}

function perMille(micros: number, share: number): number {
  return Math.trunc((micros * share) / 1000);
}

function hashText(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return hash;
}
