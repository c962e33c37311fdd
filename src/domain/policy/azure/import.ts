import { AppError, type Issue } from "../../errors.ts";
import { sealImport, type Sha256 } from "../imported.ts";
import type { LossyNote } from "../lossy.ts";
import { type PolicyDocument, policySchema } from "../schema.ts";
import { toIssues } from "../../source/schema-issues.ts";
import type { PolicyInput } from "../upgrade-v1.ts";
import { type AzureDefinition, type AzureParameters, readDefinition } from "./definition.ts";

/** One Azure Policy definition with the values its assignment gives to its parameters. */
export interface AzureAssignment {
  /** The definition, JSON as Azure and its public repository have it. */
  readonly definition: string;
  /** Default: the definition's own defaults. */
  readonly parameters?: AzureParameters;
}

export interface AzureImportOptions {
  /** ISO 8601 instant, UTC. */
  readonly importedAt: string;
  readonly sha256: Sha256;
}

export interface AzureImport {
  readonly policy: PolicyDocument;
  readonly lossy: readonly LossyNote[];
}

/**
 * Azure Policy definitions about tags as one policy: what must be present is required, values that must
 * hold are allowed values. Azure compares them without letter case. What Azure would write is reported
 * as missing instead, because a policy here judges and never writes.
 * @throws {AppError} `policy_invalid` with one issue per definition that is not understood.
 */
export function importAzureTagPolicies(
  assignments: readonly AzureAssignment[],
  options: AzureImportOptions,
): AzureImport {
  const issues: Issue[] = [];
  const definitions: AzureDefinition[] = [];
  assignments.forEach(({ definition, parameters }, at) => {
    const read = readDefinition(definition, parameters ?? {});
    if ("definition" in read) definitions.push(read.definition);
    else {
      for (const issue of read.issues) {
        const place = issue.path === "" ? "" : `.${issue.path}`;
        issues.push({ ...issue, path: `definitions[${at}]${place}` });
      }
    }
  });
  if (issues.length > 0) throw invalid(issues);
  const lossy = definitions.flatMap((definition, at) => notesOf(definition, `definitions[${at}]`));
  const input: PolicyInput = {
    version: "2.0",
    name: "Azure tag policies",
    required_tags: definitions.filter(isJudged).filter(isRequired).map(toRule),
    optional_tags: definitions.filter((one) => isJudged(one) && !isRequired(one)).map(toRule),
    // Azure tag keys ignore letter case whatever this says; it keeps other clouds' rules untouched.
    tag_naming_rules: { case_sensitivity: true },
    provenance: {
      source: "azure_policy",
      ids: [...new Set(definitions.map(({ id }) => id).filter((id) => id !== ""))],
      content_hash: options.sha256(JSON.stringify(definitions)),
      imported_at: options.importedAt,
      notes: lossy.map(({ path, what, why }) => `${path}: ${what} ${why}`),
    },
  };
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) throw invalid(toIssues(parsed.error.issues, new Map()));
  return { policy: sealImport(parsed.data, options.sha256), lossy };
}

const isJudged = ({ effect }: AzureDefinition): boolean => effect !== "disabled";
const isRequired = ({ demand }: AzureDefinition): boolean => demand.kind !== "inherited";

function toRule({ demand }: AzureDefinition): NonNullable<PolicyInput["required_tags"]>[number] {
  return {
    name: demand.tag,
    applies_to: { azure: demand.type === null ? [] : [demand.type] },
    ...(demand.kind === "values"
      ? { allowed_values: [...demand.values], case_sensitive: false }
      : {}),
  };
}

function notesOf(
  { demand, effect, deprecated }: AzureDefinition,
  path: string,
): readonly LossyNote[] {
  const notes: LossyNote[] = [];
  const note = (where: string, what: string, why: string): void => {
    notes.push({ path: `${path}.policyRule.${where}`, what, why });
  };
  if (effect === "disabled") note("then.effect", "Left out.", "The definition is disabled.");
  if (effect === "deny") {
    note("then", "Reported on every resource.", "Azure refuses new and changed resources only.");
  }
  if (effect === "modify" || effect === "append") {
    note(
      "then",
      "Reported as missing or wrong.",
      "Azure writes the tag; a policy here only judges.",
    );
    if (demand.kind === "present") {
      note("then.details", "The value that Azure would write is left out.", "Any value will do.");
    }
  }
  if (demand.kind === "inherited") {
    note(
      "if",
      "Judged where it is present, with any value.",
      "The wanted value is that of the resource group or subscription, which a policy cannot name.",
    );
  }
  if (demand.values.some((value) => value.includes("*"))) {
    note("if", "A * in a value stands for any text.", "For Azure it is a plain character here.");
  }
  if (deprecated) note("if", "Imported all the same.", "Microsoft has deprecated the definition.");
  return notes;
}

function invalid(issues: readonly Issue[]): AppError {
  return new AppError("policy_invalid", `${issues.length} Azure Policy issue(s) stop the import.`, {
    hint: "Give every parameter a value. Only definitions about one tag are understood, such as Microsoft's built-in ones of the category Tags.",
    issues,
  });
}
