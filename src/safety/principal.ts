/** What a caller may do. A tool asks for one of them. */
export const TOOL_SCOPES = ["tag:read", "tag:write", "tag:approve", "admin"] as const;
export type ToolScope = (typeof TOOL_SCOPES)[number];

/**
 * `local_user`: the user of this machine whose client started the process. `anonymous`: whoever reaches
 * the loopback port. `oauth`, `api_key`: someone who proved who they are.
 */
export type PrincipalKind = "local_user" | "anonymous" | "oauth" | "api_key";

/** Who calls. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly channel: "stdio" | "http";
  readonly tenant: string | null;
  readonly subject: string;
  /** The calling program as it names itself: a label, never proof. */
  readonly client: string | null;
  readonly scopes: readonly ToolScope[];
  /** What budgets, loops and confirmations belong to: unique per caller and session. */
  readonly key: string;
}

export function isToolScope(text: string): text is ToolScope {
  return TOOL_SCOPES.some((scope) => scope === text);
}
