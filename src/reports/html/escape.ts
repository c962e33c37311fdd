const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for the inside of an element or of a quoted attribute; invisible characters are gone before. */
export function escapeHtml(shown: string): string {
  return shown.replaceAll(/[&<>"']/g, (mark) => REFERENCES[mark] ?? "");
}
