import type { Issue } from "../../errors.ts";
import { lineOfPath, readSource } from "../../source/source-text.ts";
import {
  CHILD_CONTROL,
  type Field,
  FIELDS,
  OPERATORS,
  type Operator,
  type Setting,
  type TagPolicyDocument,
  type TagPolicyRule,
} from "./document.ts";
import { type TypeField, readTypeText } from "./service-catalogue.ts";

/** CreatePolicy refuses longer documents; white space counts. AWS Organizations quotas. */
const MAX_DOCUMENT_LENGTH = 10_000;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const MAX_TYPE_LENGTH = 256;

/**
 * What reading does with something CreatePolicy would refuse:
 * - `refuse`: its meaning is not clear, so nothing is read;
 * - `read`: its meaning is clear all the same (an effective policy, a document that is too long);
 * - `expand`: a wildcard AWS does not have here, read as all types it would stand for;
 * - `keep`: a resource type AWS does not list here, kept as written;
 * - `leave_out`: a field nobody defines;
 * - `trim`: blanks around a key, which AWS's own guide prints once.
 */
export type Treatment = "refuse" | "read" | "expand" | "keep" | "leave_out" | "trim";

/** Something CreatePolicy would refuse. */
export interface TagPolicyIssue extends Issue {
  readonly treatment: Treatment;
  /** Text of the document that the issue is about. */
  readonly value?: string;
}

export interface Inspection {
  /** Everything that could be read; complete unless an issue says `refuse`. */
  readonly document: TagPolicyDocument;
  readonly issues: readonly TagPolicyIssue[];
}

/** Reads a tag policy from JSON text, with lines and with the issues of syntax and size. */
export function inspectText(text: string): Inspection {
  const source = readSource(text, "json");
  if (source.issues.length > 0) return unreadable(source.issues);
  const { document, issues } = inspectValue(source.value, "");
  const all = [...sizeIssues(text, ""), ...issues];
  return { document, issues: all.map((issue) => withLine(issue, source.lines)) };
}

/** Reads a tag policy from a text that stands inside another document: lines would mislead there. */
export function inspectEmbeddedText(text: string, root: string): Inspection {
  const source = readSource(text, "json");
  if (source.issues.length > 0) {
    return unreadable([{ path: root, message: "This text is not a JSON document." }]);
  }
  const { document, issues } = inspectValue(source.value, root);
  return { document, issues: [...sizeIssues(text, root), ...issues] };
}

function unreadable(issues: readonly Issue[]): Inspection {
  return {
    document: { rules: [] },
    issues: issues.map((issue) => Object.assign({ treatment: "refuse" as const }, issue)),
  };
}

function sizeIssues(text: string, path: string): readonly TagPolicyIssue[] {
  if (text.length <= MAX_DOCUMENT_LENGTH) return [];
  return [{ path, message: "AWS accepts at most 10,000 characters.", treatment: "read" }];
}

/** The issue with the line of its path, or of the nearest place above that has one. */
export function withLine<T extends Issue>(issue: T, lines: ReadonlyMap<string, number>): T {
  const line = lineOfPath(lines, issue.path);
  return line === null ? issue : { ...issue, line };
}

/** Reads a tag policy from parsed JSON. `root` is put before every path. */
export function inspectValue(value: unknown, root: string): Inspection {
  const inspector = new Inspector();
  const rules = inspector.document(value, root);
  return { document: { rules }, issues: inspector.issues };
}

type JsonObject = Readonly<Record<string, unknown>>;

class Inspector {
  readonly issues: TagPolicyIssue[] = [];

  document(value: unknown, root: string): readonly TagPolicyRule[] {
    if (!isObject(value) || !Object.hasOwn(value, "tags")) {
      this.#refuse(root, 'A tag policy is an object with the field "tags".');
      return [];
    }
    for (const name of Object.keys(value)) {
      if (name !== "tags") this.#leaveOut(join(root, name), 'Only "tags" may stand here.');
    }
    const tags = value["tags"];
    const path = join(root, "tags");
    if (!isObject(tags)) {
      this.#refuse(path, "An object of tag keys is expected here.");
      return [];
    }
    this.#sameKeys(tags, path);
    return Object.entries(tags).flatMap(([key, rule]) => this.#rule(key, rule, join(path, key)));
  }

  #sameKeys(tags: JsonObject, path: string): void {
    const seen = new Set<string>();
    for (const key of Object.keys(tags)) {
      const folded = key.toLowerCase();
      if (seen.has(folded))
        this.#refuse(join(path, key), "This key stands twice, in another case.");
      seen.add(folded);
    }
  }

  #rule(key: string, value: unknown, path: string): readonly TagPolicyRule[] {
    if (key === CHILD_CONTROL) {
      this.#control(value, path);
      return [];
    }
    // "__proto__" is refused in every policy text; here it may come from parsed JSON.
    if (key === "" || key === "__proto__" || key.startsWith("@@")) {
      this.#refuse(path, "A tag key is expected here.");
      return [];
    }
    if (key.length > MAX_KEY_LENGTH) this.#refuse(path, "A tag key has at most 128 characters.");
    if (!isObject(value)) {
      this.#refuse(path, "An object with tag_key, tag_value and so on is expected here.");
      return [];
    }
    const settings = new Map<Field, Setting>();
    for (const [name, leaf] of Object.entries(value)) {
      const at = join(path, name);
      const field = FIELDS.find((known) => known === name);
      if (field !== undefined) settings.set(field, this.#leaf({ key, field, path: at }, leaf));
      else if (name === CHILD_CONTROL) this.#control(leaf, at);
      else this.#leaveOut(at, "A tag rule has no such field.");
    }
    return [{ key, settings }];
  }

  #leaf(place: Place, value: unknown): Setting {
    const operations = new Map<Operator, readonly string[]>();
    if (!isObject(value)) {
      const message = "AWS wants an operator here, such as @@assign.";
      this.issues.push({ path: place.path, message, treatment: "read" });
      operations.set("@@assign", this.#texts(place, value, place.path));
      return { operations };
    }
    let allowedForChildren: ReadonlySet<Operator> | undefined;
    for (const [name, operand] of Object.entries(value)) {
      const path = join(place.path, name);
      const operator = OPERATORS.find((known) => known === name);
      if (operator !== undefined) {
        operations.set(operator, this.#operand(place, operator, operand));
      } else if (name === CHILD_CONTROL) {
        allowedForChildren = this.#control(operand, path);
      } else {
        this.#leaveOut(path, "This is not an operator.");
      }
    }
    return { operations, ...(allowedForChildren === undefined ? {} : { allowedForChildren }) };
  }

  #operand(place: Place, operator: Operator, value: unknown): readonly string[] {
    const path = join(place.path, operator);
    if (place.field === "tag_key" && operator !== "@@assign") {
      this.#refuse(path, "tag_key can only be assigned.");
      return [];
    }
    return this.#texts(place, value, path);
  }

  #texts(place: Place, value: unknown, path: string): readonly string[] {
    if (place.field === "tag_key") return this.#tagKey(place.key, value, path);
    if (!Array.isArray(value)) {
      this.#refuse(path, "A list is expected here.");
      return [];
    }
    const { field } = place;
    return value.map((element: unknown, index) => {
      const at = `${path}[${index}]`;
      if (typeof element === "object" && element !== null) {
        this.#refuse(at, "A text is expected here.");
        return "";
      }
      // AWS accepts numbers, booleans and null as values and shows them as text.
      const text = String(element);
      if (field === "tag_value") this.#value(text, at);
      else this.#type(text, field, at);
      return text;
    });
  }

  #tagKey(key: string, value: unknown, path: string): readonly string[] {
    if (typeof value !== "string" || value.trim().toLowerCase() !== key.trim().toLowerCase()) {
      this.#refuse(path, "tag_key must be the policy key, in the letter case that is wanted.");
      return [];
    }
    if (value.toLowerCase() === key.toLowerCase()) return [value];
    this.issues.push({ path, message: "There are blanks around the key.", treatment: "trim" });
    return [value.trim()];
  }

  #value(text: string, path: string): void {
    if (text.split("*").length > 2) this.#refuse(path, "A value may hold one * at most.");
    if (text.length > MAX_VALUE_LENGTH) {
      this.#refuse(path, "A tag value has at most 256 characters.");
    }
  }

  #type(text: string, field: TypeField, path: string): void {
    if (text === "" || text.length > MAX_TYPE_LENGTH) {
      this.#refuse(path, "A resource type has 1 to 256 characters.");
      return;
    }
    const fault = TYPE_FAULTS[readTypeText(text, field).kind];
    if (fault !== null) this.issues.push({ ...fault, path, value: text });
  }

  #control(value: unknown, path: string): ReadonlySet<Operator> | undefined {
    const names: readonly unknown[] = Array.isArray(value) ? value : [];
    const valid = names.every((name) => CONTROLS.has(name));
    if (!Array.isArray(value) || !valid) {
      this.#refuse(path, "A list of @@all, @@none, @@assign, @@append, @@remove is expected here.");
      return undefined;
    }
    if (names.includes("@@all")) return undefined;
    if (names.includes("@@none")) return new Set();
    return new Set(OPERATORS.filter((operator) => names.includes(operator)));
  }

  #refuse(path: string, message: string): void {
    this.issues.push({ path, message, treatment: "refuse" });
  }

  #leaveOut(path: string, message: string): void {
    this.issues.push({ path, message, treatment: "leave_out" });
  }
}

interface Place {
  readonly key: string;
  readonly field: Field;
  readonly path: string;
}

const CONTROLS: ReadonlySet<unknown> = new Set(["@@all", "@@none", ...OPERATORS]);

const TYPE_FAULTS = {
  type: null,
  all_supported: null,
  retired_wildcard: {
    message: "AWS no longer accepts service:*; write service:ALL_SUPPORTED.",
    treatment: "expand",
  },
  unpublished: {
    message: "AWS has no ALL_SUPPORTED for this service here; name its types.",
    treatment: "expand",
  },
  unknown: { message: "AWS does not support this resource type here.", treatment: "keep" },
} as const;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Same form as the paths of the source's line map. */
function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
