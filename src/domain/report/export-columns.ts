/** What a row of the violations export can hold, in the words of `check_tag_compliance`. */
export const EXPORT_COLUMNS = [
  "resource_id",
  "cloud",
  "account",
  "region",
  "resource_type",
  "tag",
  "kind",
  "severity",
  "actual",
  "expected",
  "suggestion",
  "rule",
  "cost",
  "currency",
] as const;
export type ExportColumn = (typeof EXPORT_COLUMNS)[number];

/** Columns of an export that names none: all but the policy's path and money. */
export const DEFAULT_EXPORT_COLUMNS: readonly ExportColumn[] = EXPORT_COLUMNS.slice(0, 11);

export const EXPORT_FORMATS = ["csv", "xlsx", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Untrusted text, an exact decimal number, or nothing: absent or not known. */
export type ExportValue = string | null | { readonly decimal: string };
