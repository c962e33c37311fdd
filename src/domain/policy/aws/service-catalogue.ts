import { CATALOGUE_ROWS } from "./service-catalogue-data.ts";

/** Where a tag policy names resource types; AWS supports different types in the two places. */
export type TypeField = "enforced_for" | "report_required_tag_for";

/** Which edition of AWS's list this build expands wildcards with. Recorded in every import. */
export const CATALOGUE = {
  version: "2026-11-22",
  source:
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_supported-resources-enforcement.html",
} as const;

/**
 * How one text of `enforced_for` or `report_required_tag_for` reads against the catalogue:
 * - `type`: a single type AWS supports there;
 * - `all_supported`: `service:ALL_SUPPORTED`, published by AWS for that service and field;
 * - `retired_wildcard`: `service:*`, which AWS used to accept and now rejects;
 * - `unpublished`: `service:ALL_SUPPORTED` of a service AWS has types for, but no such row;
 * - `unknown`: not in this edition (a newer, retired or misspelt type, or another field's type).
 */
export type TypeTextKind =
  | "type"
  | "all_supported"
  | "retired_wildcard"
  | "unpublished"
  | "unknown";

export interface TypeText {
  readonly kind: TypeTextKind;
  /** Resource types the text stands for, in catalogue spelling; an unknown text stands for itself. */
  readonly types: readonly string[];
}

interface Service {
  allSupported: boolean;
  readonly types: Record<TypeField, string[]>;
}

const SERVICES = parseRows(CATALOGUE_ROWS);
/** Every single type, in every service: `rds:db`. */
const KNOWN_TYPES: Readonly<Record<TypeField, ReadonlySet<string>>> = {
  enforced_for: knownTypes("enforced_for"),
  report_required_tag_for: knownTypes("report_required_tag_for"),
};

/** All types of one field, sorted; what `*:*` would mean if AWS had it. */
export function supportedTypes(field: TypeField): readonly string[] {
  return [...KNOWN_TYPES[field]].toSorted();
}

/**
 * Reads one text of `enforced_for` or `report_required_tag_for`. The part after the colon ignores
 * case, because AWS itself publishes both spellings (`states:stateMachine`, `states:statemachine`).
 */
export function readTypeText(text: string, field: TypeField): TypeText {
  const [, serviceName, typeName] = /^([a-z0-9-]+):(.+)$/s.exec(text) ?? [];
  if (serviceName === undefined || typeName === undefined) return unknown(text);
  const service = SERVICES.get(serviceName);
  if (service === undefined) return unknown(text);
  if (typeName === "ALL_SUPPORTED") return wholeService(text, service, field);
  if (typeName === "*") {
    const types = service.types[field];
    return types.length > 0 ? { kind: "retired_wildcard", types } : unknown(text);
  }
  const id = `${serviceName}:${typeName.toLowerCase()}`;
  return KNOWN_TYPES[field].has(id) ? { kind: "type", types: [id] } : unknown(text);
}

/** Would CreatePolicy accept this text in this field today? */
export function awsAcceptsTypeText(text: string, field: TypeField): boolean {
  const { kind } = readTypeText(text, field);
  return kind === "type" || kind === "all_supported";
}

function wholeService(text: string, service: Service, field: TypeField): TypeText {
  const types = service.types[field];
  // Every published ALL_SUPPORTED row allows enforcement; it allows reporting where any type does.
  const published = service.allSupported && (field === "enforced_for" || types.length > 0);
  if (published) return { kind: "all_supported", types };
  return types.length > 0 ? { kind: "unpublished", types } : unknown(text);
}

function unknown(text: string): TypeText {
  return { kind: "unknown", types: [text] };
}

function knownTypes(field: TypeField): ReadonlySet<string> {
  return new Set([...SERVICES.values()].flatMap((service) => service.types[field]));
}

function parseRows(rows: string): ReadonlyMap<string, Service> {
  const services = new Map<string, Service>();
  for (const row of rows.trim().split("\n")) {
    const [head = "", lists = ""] = row.split(":", 2);
    const name = head.replace("*", "");
    const [both = [], enforced = [], reported = []] = lists
      .split("|")
      .map((list) => list.split(" ").flatMap((type) => (type === "" ? [] : [`${name}:${type}`])));
    const service = services.get(name) ?? {
      allSupported: false,
      types: { enforced_for: [], report_required_tag_for: [] },
    };
    service.allSupported ||= head.endsWith("*");
    service.types.enforced_for.push(...both, ...enforced);
    service.types.report_required_tag_for.push(...both, ...reported);
    services.set(name, service);
  }
  return services;
}
