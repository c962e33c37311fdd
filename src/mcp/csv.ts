/** RFC 4180, with the line breaks that everything reads. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/**
 * A spreadsheet runs a cell that begins like a formula, and anybody with tagging rights writes cells.
 * @see OWASP, CSV Injection
 */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | null): string {
  if (typeof value === "number") return String(value);
  const text = value ?? "";
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
