import type { LossyNote } from "../lossy.ts";
import type { Field, Setting, TagPolicyRule } from "./document.ts";
import type { TagPolicyIssue, Treatment } from "./inspect.ts";
import type { ReadTagPolicy } from "./validate.ts";

/** What reading one policy by itself, and not through an account's whole chain, leaves out. */
export function notesOfReading(
  read: ReadTagPolicy,
  options: { readonly requireEnforced?: boolean },
): readonly LossyNote[] {
  const judged = options.requireEnforced === true;
  return [
    ...read.deviations.filter((issue) => judged || !isEnforcedType(issue)).flatMap(deviationNote),
    ...read.document.rules.flatMap(ruleNotes),
  ];
}

/** Types of `enforced_for` are kept as they are written, unless they are to be judged. */
function isEnforcedType({ path, treatment }: TagPolicyIssue): boolean {
  return (treatment === "expand" || treatment === "keep") && /\.enforced_for(\.|\[)/.test(path);
}

const DEVIATIONS: Readonly<Record<Treatment, Omit<LossyNote, "path"> | null>> = {
  refuse: null,
  read: null,
  expand: {
    what: "The wildcard is read as every type of the service that AWS supports there.",
    why: "AWS does not accept this wildcard today.",
  },
  keep: {
    what: "The resource type is kept as written and may match nothing.",
    why: "It is not in AWS's list of supported types that this build knows.",
  },
  trim: { what: "The blanks around the key are left out.", why: "The policy key has none." },
  leave_out: { what: "The field is left out.", why: "Tag policies define no such field." },
};

function deviationNote({ path, treatment, value }: TagPolicyIssue): readonly LossyNote[] {
  const note = DEVIATIONS[treatment];
  return note === null ? [] : [{ path, ...note, ...(value === undefined ? {} : { value }) }];
}

function ruleNotes(rule: TagPolicyRule): readonly LossyNote[] {
  const path = `tags.${rule.key}`;
  const notes = [...rule.settings].flatMap(([field, setting]) =>
    settingNotes(path, field, setting),
  );
  const required = rule.settings.get("report_required_tag_for");
  if (required !== undefined && rule.settings.get("tag_key") === undefined) {
    notes.push({
      path,
      what: "Only the key in lower case counts.",
      why: "Without tag_key AWS is content with any letter case where it reports a missing tag.",
    });
  }
  return notes;
}

function settingNotes(path: string, field: Field, setting: Setting): LossyNote[] {
  const notes: LossyNote[] = [];
  const at = `${path}.${field}`;
  if (setting.allowedForChildren !== undefined) {
    notes.push({
      path: at,
      what: "The limits for child policies are left out.",
      why: "They steer how AWS merges policies; a merged policy has none.",
    });
  }
  if (setting.operations.has("@@append") || setting.operations.has("@@remove")) {
    notes.push({
      path: at,
      what: "Read as if this policy alone were attached.",
      why: "What is appended to or removed from stands in policies further up. Import the effective policy instead.",
    });
  }
  return notes;
}
