/** What spreadsheets take for the beginning of a formula, also in its full-width form or after blanks. */
const FORMULA_START = /^[\s\u00a0\u3000]*[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c]|^[\t\r\n]/;

/**
 * Text that no spreadsheet runs: what looks like a formula gets a leading apostrophe, which Excel,
 * LibreOffice and Google Sheets read as "this is text".
 * @see OWASP, CSV Injection
 */
export function spreadsheetText(shown: string): string {
  return FORMULA_START.test(shown) ? `'${shown}` : shown;
}
