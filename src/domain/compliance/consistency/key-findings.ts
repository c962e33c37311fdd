import { compareTexts } from "./counted-sample.ts";
import { type Finding, tally } from "./finding.ts";
import type { Family, Member } from "./key-families.ts";
import { type PolicyPatch, proposable } from "./policy-patch.ts";

/** The most that the policy schema accepts for one tag. */
const MAX_ALIASES = 200;

/** One finding per spelling of a family that is not the right one. */
export function keyFindings(families: readonly Family[]): readonly Finding[] {
  return families.flatMap((family) => {
    const wrong = family.members.filter(({ status }) => status !== "right");
    const bySpelling = Map.groupBy(wrong, ({ key, status }) => `${status} ${key}`);
    return [...bySpelling.values()].map((members) => spellingFinding(family, members));
  });
}

function spellingFinding(family: Family, members: readonly Member[]): Finding {
  const [first] = members;
  const unknown = first?.status === "unknown";
  const { policyKey, canonical } = family;
  return {
    kind: unknown ? "key_variant" : "known_alias",
    tag: canonical,
    canonical,
    reason: policyKey === null ? "most_used" : "policy_key",
    ...tally(
      members.map(({ cloud, key, usage }) => ({ cloud, text: key, resources: usage.resources })),
    ),
    carriers: members.map(({ cloud, key }) => ({
      by: "tag",
      cloud,
      key,
      value: null,
      example: key,
    })),
    subject: null,
    confidence: first?.confidence ?? 0,
    evidence: first?.evidence ?? null,
    patch: unknown ? aliasPatch(family, first.key) : null,
  };
}

function aliasPatch({ policyKey, canonical, members }: Family, alias: string): PolicyPatch | null {
  const unknown = new Set(
    members.flatMap(({ status, key }) => (status === "unknown" ? [key] : [])),
  );
  const room = MAX_ALIASES - (policyKey?.rule.aliases?.length ?? 0);
  const at = [...unknown].toSorted(compareTexts).indexOf(alias);
  if (at >= room) return null;
  const rule = policyKey?.path ?? null;
  return proposable({ tag: canonical, rule, aliases: [alias], valueMap: {} });
}
