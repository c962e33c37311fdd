import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { ServerContext } from "@modelcontextprotocol/server";
import { isToolScope, type Principal, TOOL_SCOPES } from "../../safety/principal.ts";
import { cleanText } from "../untrusted-text.ts";

/** Names this process among those that share budgets: over stdio a process is one caller. */
const PROCESS_KEY = randomUUID();
const MAX_CLIENT_NAME = 64;

/**
 * Who calls. Over stdio the user who started the process; over HTTP whoever the token says, and without
 * a token, which only a loopback address allows, nobody in particular. A session of an older protocol
 * revision counts for itself; the newest revision has none.
 * @param clientName how the calling program names itself: a label, never proof
 */
export function authenticate(context: ServerContext, clientName: string | undefined): Principal {
  const client =
    clientName === undefined ? null : cleanText(clientName, MAX_CLIENT_NAME).text || null;
  if (context.http === undefined) return localUser(client);
  const { authInfo } = context.http;
  if (authInfo === undefined) return anonymous(client, context.sessionId);
  const { sub, tenant } = authInfo.extra ?? {};
  const subject = typeof sub === "string" ? sub : authInfo.clientId;
  const ofTenant = typeof tenant === "string" ? tenant : null;
  return {
    kind: "oauth",
    channel: "http",
    tenant: ofTenant,
    subject,
    client: authInfo.clientId,
    scopes: authInfo.scopes.filter(isToolScope),
    key: JSON.stringify([ofTenant, subject, authInfo.clientId]),
  };
}

function localUser(client: string | null): Principal {
  return {
    kind: "local_user",
    channel: "stdio",
    tenant: null,
    subject: userName(),
    client,
    scopes: TOOL_SCOPES,
    key: `process:${PROCESS_KEY}`,
  };
}

function anonymous(client: string | null, sessionId: string | undefined): Principal {
  return {
    kind: "anonymous",
    channel: "http",
    tenant: null,
    subject: "anonymous",
    client,
    scopes: TOOL_SCOPES,
    key: sessionId === undefined ? "anonymous" : `session:${sessionId}`,
  };
}

/** A container's user need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
