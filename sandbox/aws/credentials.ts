import type { LoopbackRequest } from "../loopback.ts";
import type { World } from "./world.ts";

/** Plainly no secrets: words that the sandbox alone accepts. */
export const BASE_ACCESS_KEY_ID = "SANDBOXMANAGEMENTKEY";
export const SECRET_ACCESS_KEY = "sandbox-secret-that-opens-nothing";
const ROLE_KEY = /^SANDBOXROLE(\d{12})$/;

/** Who signed a request. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** What SigV4 says in the Authorization header. The signature itself is not checked. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

export function scopeOf(request: LoopbackRequest): Scope | undefined {
  const match = /Credential=([^/,]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
    request.headers.authorization ?? "",
  );
  if (match === null) return undefined;
  const [, accessKeyId = "", region = "", service = ""] = match;
  return { accessKeyId, region, service };
}

export interface RoleSession {
  readonly account: string;
  readonly role: string;
  readonly session: string;
}

/** Temporary credentials; the key names the account and the token the role, so nothing is remembered. */
export function issueCredentials(session: RoleSession): {
  readonly accessKeyId: string;
  readonly sessionToken: string;
} {
  return {
    accessKeyId: `SANDBOXROLE${session.account}`,
    sessionToken: Buffer.from(JSON.stringify([session.role, session.session])).toString("base64"),
  };
}

/** The caller of a request; undefined for credentials that nobody was given. */
export function callerOf(world: World, scope: Scope, request: LoopbackRequest): Caller | undefined {
  if (scope.accessKeyId === BASE_ACCESS_KEY_ID) {
    const account = world.managementAccount;
    return {
      account,
      arn: `arn:aws:iam::${account}:user/sandbox`,
      userId: "AIDASANDBOXUSER",
    };
  }
  const account = ROLE_KEY.exec(scope.accessKeyId)?.[1];
  const token = request.headers["x-amz-security-token"];
  if (account === undefined || !world.hasAccount(account) || typeof token !== "string")
    return undefined;
  const names = namesIn(token);
  if (names === undefined) return undefined;
  const [role, session] = names;
  return {
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
    userId: `AROASANDBOXROLE:${session}`,
  };
}

function namesIn(token: string): readonly [string, string] | undefined {
  try {
    const names: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (!Array.isArray(names)) return undefined;
    const [role, session]: readonly unknown[] = names;
    return typeof role === "string" && typeof session === "string" ? [role, session] : undefined;
  } catch {
    return undefined;
  }
}
