import type { Cloud } from "../../cloud.ts";
import { type Finding, tally } from "./finding.ts";
import { mostUsed, type Payer, PAYER_ROLES, type PayerRole } from "./payers.ts";
import { foldValue } from "./spelling.ts";
import type { TagUsage } from "./tag-usage.ts";

/** A cloud speaks for one cost centre from this many resources and this share of them on. */
const MIN_RESOURCES = 3;
const MIN_SHARE = 0.6;

/** @param tags how the policy, or else the words themselves, call the keys of each role. */
export function conflictFindings(
  { payers }: TagUsage,
  tags: Readonly<Record<PayerRole, string>>,
): readonly Finding[] {
  return PAYER_ROLES.flatMap((role) =>
    payers[role].flatMap((payer) => conflictOf(payer, { role, tag: tags[role] }) ?? []),
  );
}

function conflictOf(
  { name, costCenters }: Payer,
  { role, tag }: { readonly role: PayerRole; readonly tag: string },
): Finding | null {
  const speaking = [...costCenters].flatMap(([cloud, counts]) => leading(cloud, counts) ?? []);
  if (new Set(speaking.map(({ fold }) => fold)).size < 2) return null;
  const share = Math.min(...speaking.map((one) => one.share));
  return {
    kind: "cost_center_conflict",
    tag,
    canonical: null,
    reason: "differs_by_cloud",
    ...tally(speaking.map(({ cloud, text, resources }) => ({ cloud, text, resources }))),
    carriers: speaking.map(({ cloud, text, fold }) => ({
      by: "payer",
      cloud,
      role,
      payer: foldValue(name),
      costCenter: fold,
      example: text,
    })),
    subject: name,
    confidence: share,
    evidence: null,
    patch: null,
  };
}

interface Leading {
  readonly cloud: Cloud;
  readonly text: string;
  readonly fold: string;
  readonly resources: number;
  readonly share: number;
}

/** The cost centre that most of an owner's resources in a cloud name, or null when none leads. */
function leading(cloud: Cloud, counts: ReadonlyMap<string, number>): Leading | null {
  const byFold = new Map<string, number>();
  let total = 0;
  for (const [text, count] of counts) {
    byFold.set(foldValue(text), (byFold.get(foldValue(text)) ?? 0) + count);
    total += count;
  }
  const fold = mostUsed(byFold);
  if (fold === undefined) return null;
  const resources = byFold.get(fold) ?? 0;
  if (resources < MIN_RESOURCES || resources / total < MIN_SHARE) return null;
  const spellings = new Map([...counts].filter(([text]) => foldValue(text) === fold));
  return { cloud, text: mostUsed(spellings) ?? fold, fold, resources, share: resources / total };
}
