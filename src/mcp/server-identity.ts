import type { Icon, Implementation, McpRequestContext } from "@modelcontextprotocol/server";

/** A tag with a check mark. Small, because a client may keep it in a list of many servers. */
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#0b7285" d="M3 5a2 2 0 0 1 2-2h7l9 9-9 9-9-9z"/><circle cx="7" cy="7" r="1.4" fill="#fff"/><path fill="none" stroke="#fff" stroke-width="2" d="m8.5 12 2.6 2.6 4.6-4.8"/></svg>`;

const ICON: Icon = {
  src: `data:image/svg+xml;base64,${Buffer.from(SVG).toString("base64")}`,
  mimeType: "image/svg+xml",
  sizes: ["any"],
};

/** What is known of the connection or request that a server is made for. */
export type AskedBy = Partial<Pick<McpRequestContext, "era" | "requestInfo">>;

/**
 * Who the server says it is. The icon is in it only where identity is asked for: revision 2026-07-28 repeats
 * the identity in every answer, and an icon there would cost more than many an answer. Over stdio that
 * revision has one server for all requests, so there it goes without.
 */
export function identityFor(
  version: string,
  { era = "legacy", requestInfo }: AskedBy = {},
): Implementation {
  const isAsked = era === "legacy" || requestInfo?.headers.get("mcp-method") === "server/discover";
  return {
    name: "finops-tag-compliance",
    title: "FinOps Tag Compliance",
    version,
    ...(isAsked ? { icons: [ICON] } : {}),
  };
}
