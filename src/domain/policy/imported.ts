import { canonicalJson } from "./parse.ts";
import { readSource } from "../source/source-text.ts";
import { type PolicyDocument, policySchema } from "./schema.ts";

/** SHA-256 of UTF-8 text, lower-case hex. A parameter because the domain has no crypto of its own. */
export type Sha256 = (text: string) => string;

/** What a file that an import wrote says of itself. */
export interface ImportMark {
  readonly provenance: NonNullable<PolicyDocument["provenance"]>;
  /** The rules are no longer those that were imported: somebody has worked on them since. */
  readonly edited: boolean;
}

/** The policy with the hash that lets a later import see whether its rules were edited. */
export function sealImport(policy: PolicyDocument, sha256: Sha256): PolicyDocument {
  const { provenance } = policy;
  if (provenance === undefined) return policy;
  return { ...policy, provenance: { ...provenance, rules_hash: rulesHash(policy, sha256) } };
}

/** Null for a file that people wrote, or that cannot be read: neither is an import's to replace. */
export function importMarkOf(text: string, sha256: Sha256): ImportMark | null {
  const source = readSource(text, undefined);
  if (source.issues.length > 0) return null;
  const parsed = policySchema.safeParse(source.value);
  const provenance = parsed.data?.provenance;
  if (parsed.data === undefined || provenance?.rules_hash === undefined) return null;
  return { provenance, edited: provenance.rules_hash !== rulesHash(parsed.data, sha256) };
}

/** Of everything that is judged; names, dates and notes are not. */
function rulesHash(policy: PolicyDocument, sha256: Sha256): string {
  const { required_tags, optional_tags, prohibited_tags, tag_naming_rules, exemptions } = policy;
  return sha256(
    canonicalJson({ required_tags, optional_tags, prohibited_tags, tag_naming_rules, exemptions }),
  );
}
