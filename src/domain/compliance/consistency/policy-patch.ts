import { stringify } from "yaml";
import { CLOUDS, type Cloud } from "../../cloud.ts";
import { type PolicyDocument, policySchema, type TagRule } from "../../policy/schema.ts";

/** Additions to one tag of a policy. */
export interface PolicyPatch {
  readonly tag: string;
  /** Path of the tag in the policy; null: it becomes a new optional tag. */
  readonly rule: string | null;
  readonly aliases: readonly string[];
  /** Canonical value to the value a cloud holds. */
  readonly valueMap: { readonly [C in Cloud]?: Readonly<Record<string, string>> };
}

/**
 * Characters that do not show: a line that looks other than it reads is not proposed to anybody.
 * @see Unicode Technical Standard #39
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Of a key and of a value in the policy schema. */
const MAX_KEY_LENGTH = 512;
const MAX_VALUE_LENGTH = 1024;

/** The patch, or null when the policy schema or a reader's eye could not take one of its texts. */
export function proposable(patch: PolicyPatch): PolicyPatch | null {
  const keys = [patch.tag, ...patch.aliases];
  const values = Object.values(patch.valueMap).flatMap((map) => Object.entries(map).flat());
  const fits =
    keys.every((key) => key.length <= MAX_KEY_LENGTH) &&
    values.every((value) => value.length <= MAX_VALUE_LENGTH) &&
    ![...keys, ...values].some((text) => INVISIBLE.test(text));
  return fits ? patch : null;
}

type TagList = "required_tags" | "optional_tags";

/** One patch per tag, in the order of their first mention. */
export function mergePatches(patches: readonly PolicyPatch[]): readonly PolicyPatch[] {
  const merged = new Map<string, PolicyPatch>();
  for (const patch of patches) {
    const key = `${patch.rule ?? "new"} ${patch.tag}`;
    const earlier = merged.get(key);
    merged.set(
      key,
      earlier === undefined
        ? patch
        : {
            ...patch,
            aliases: [...new Set([...earlier.aliases, ...patch.aliases])],
            valueMap: joinMaps(earlier.valueMap, patch.valueMap),
          },
    );
  }
  return [...merged.values()];
}

/**
 * The policy with patches applied, as `parsePolicy` would read it. A patch for a rule that the policy
 * does not have was made for another policy, and changes nothing.
 */
export function applyPatches(
  document: PolicyDocument,
  patches: readonly PolicyPatch[],
): PolicyDocument {
  const lists = {
    required_tags: [...document.required_tags],
    optional_tags: [...document.optional_tags],
  };
  for (const patch of mergePatches(patches)) {
    if (patch.rule === null) {
      lists.optional_tags.push(newTag(patch));
      continue;
    }
    const { list, at } = placeOf(patch.rule);
    const rule = lists[list][at];
    if (rule !== undefined) lists[list][at] = patched(rule, patch);
  }
  return policySchema.parse({ ...document, ...lists });
}

/**
 * The lines to write into the policy, as YAML: each tag with its additions, whole where a list or map
 * grows, so that they can replace what stands there.
 */
export function patchLines(document: PolicyDocument, patches: readonly PolicyPatch[]): string {
  const out: Record<TagList, unknown[]> = { required_tags: [], optional_tags: [] };
  for (const patch of mergePatches(patches)) {
    const place = patch.rule === null ? null : placeOf(patch.rule);
    const rule = place === null ? undefined : document[place.list][place.at];
    const { aliases, value_map } = rule === undefined ? newTag(patch) : patched(rule, patch);
    out[place?.list ?? "optional_tags"].push({
      name: patch.tag,
      ...(patch.aliases.length > 0 ? { aliases } : {}),
      ...(hasValues(patch) ? { value_map } : {}),
    });
  }
  const filled = Object.entries(out).filter(([, tags]) => tags.length > 0);
  return filled.length === 0
    ? ""
    : stringify(Object.fromEntries(filled), { lineWidth: 0 }).trimEnd();
}

function patched(rule: TagRule, patch: PolicyPatch): TagRule {
  const aliases = [...new Set([...(rule.aliases ?? []), ...patch.aliases])];
  return {
    ...rule,
    ...(patch.aliases.length > 0 ? { aliases } : {}),
    ...(hasValues(patch) ? { value_map: joinMaps(rule.value_map ?? {}, patch.valueMap) } : {}),
  };
}

function newTag(patch: PolicyPatch): TagRule {
  return patched({ name: patch.tag, severity: "error", case_sensitive: true }, patch);
}

function hasValues({ valueMap }: PolicyPatch): boolean {
  return CLOUDS.some((cloud) => valueMap[cloud] !== undefined);
}

type ValueMap = { readonly [C in Cloud]?: Readonly<Record<string, string>> | undefined };

/** Entries that stand already are kept. */
function joinMaps(earlier: ValueMap, added: ValueMap): { [C in Cloud]?: Record<string, string> } {
  return Object.fromEntries(
    CLOUDS.flatMap((cloud) => {
      const entries = { ...added[cloud], ...earlier[cloud] };
      return Object.keys(entries).length === 0 ? [] : [[cloud, entries]];
    }),
  );
}

const PLACE = /^(required_tags|optional_tags)\[(\d+)\]$/;

function placeOf(rule: string): { readonly list: TagList; readonly at: number } {
  const found = PLACE.exec(rule);
  const list = found?.[1] === "required_tags" ? "required_tags" : "optional_tags";
  return { list, at: Number(found?.[2] ?? -1) };
}
