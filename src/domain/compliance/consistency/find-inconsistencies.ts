import type { Cloud } from "../../cloud.ts";
import type { PolicyDocument } from "../../policy/schema.ts";
import type { ResourceTypeCatalogue } from "../../resource-type.ts";
import { cloudFindings } from "./cloud-findings.ts";
import { conflictFindings } from "./conflict-findings.ts";
import { compareTexts } from "./counted-sample.ts";
import { type Finding, FINDING_KINDS } from "./finding.ts";
import { FindingSpend } from "./finding-spend.ts";
import { type Family, keyFamilies } from "./key-families.ts";
import { keyFindings } from "./key-findings.ts";
import type { PayerRole } from "./payers.ts";
import { policyKeys, rolesOf } from "./policy-keys.ts";
import { createTagUsage, type TagUsage, type TagUsageAccumulator } from "./tag-usage.ts";
import { tagWords } from "./tag-words.ts";
import { valueFindings } from "./value-findings.ts";

export interface ConsistencyQuestion {
  readonly usage: TagUsage;
  readonly policy: PolicyDocument;
  readonly catalogue: ResourceTypeCatalogue;
  /** Clouds of which everything in scope was read. Absence is concluded for no other. */
  readonly read: ReadonlySet<Cloud>;
}

export interface Inconsistencies {
  /** Kinds in the order of `FINDING_KINDS`, within a kind those with most resources first. */
  readonly findings: readonly Finding[];
  /** Different keys that were too many to be compared. */
  readonly keysNotCompared: number;
}

/** What gathers the usage that `findInconsistencies` judges by the same policy. */
export function usageFor(policy: PolicyDocument): TagUsageAccumulator {
  return createTagUsage(rolesOf(policyKeys(policy)));
}

/** What adds up the spend of findings that were made by the same policy. */
export function spendFor(policy: PolicyDocument, findings: readonly Finding[]): FindingSpend {
  return new FindingSpend(findings, rolesOf(policyKeys(policy)));
}

/** Where the clouds, or parts of one, say the same thing in different ways. Pure. */
export function findInconsistencies(question: ConsistencyQuestion): Inconsistencies {
  const { usage, policy, read } = question;
  const { families, keysNotCompared } = keyFamilies(usage, policyKeys(policy));
  const used = families.filter(({ members }) => members.length > 0);
  const findings = [
    ...keyFindings(used),
    ...valueFindings(used, read),
    ...conflictFindings(usage, roleNames(families)),
    ...cloudFindings(families, question),
  ];
  return { findings: findings.toSorted(byKindAndSize), keysNotCompared };
}

/** How the keys of each role are called: as in the policy, where it has them. */
function roleNames(families: readonly Family[]): Readonly<Record<PayerRole, string>> {
  const named = (word: string, otherwise: string): string =>
    families.find(
      ({ policyKey, canonical }) => policyKey !== null && tagWords(canonical).join(" ") === word,
    )?.canonical ?? otherwise;
  return { application: named("application", "Application"), owner: named("owner", "Owner") };
}

function byKindAndSize(a: Finding, b: Finding): number {
  return (
    FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind) ||
    b.resources - a.resources ||
    compareTexts(a.tag, b.tag) ||
    compareTexts(a.examples[0]?.text ?? "", b.examples[0]?.text ?? "") ||
    compareTexts(a.subject ?? "", b.subject ?? "")
  );
}
