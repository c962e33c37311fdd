import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { armError, PRINCIPAL_ID, tokenExpired, tokenInvalid, tokenMissing } from "./errors.ts";
import { TENANT_ID } from "./table.ts";

/** Path of the managed-identity endpoint that App Service puts into `IDENTITY_ENDPOINT`. */
export const IDENTITY_PATH = "/msi/token";

/**
 * Microsoft's library keeps a managed identity's token for the whole process, so a token of one
 * simulated tenant must be good at the next one: this stands for the one Entra that signs them all.
 */
const SIGNATURE = "signed-by-the-simulated-entra";

const AUDIENCE = "https://management.azure.com";

export interface Identity {
  /** Secret that a caller must send as `x-identity-header`; App Service calls it `IDENTITY_HEADER`. */
  readonly header: string;
  /** Answers `GET IDENTITY_ENDPOINT?api-version=2019-08-01&resource=…`. */
  issue(request: LoopbackRequest): LoopbackAnswer;
  /** The refusal that the request's bearer token earns; undefined when it is good. */
  refuse(request: LoopbackRequest): LoopbackAnswer | undefined;
}

/**
 * App Service's managed identity, which is the one Azure credential that works over plain HTTP
 * (learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference").
 */
export function createIdentity(tokenLifetimeS: number): Identity {
  const header = randomBytes(16).toString("hex");
  return {
    header,
    issue: (request) => {
      if (request.headers["x-identity-header"] !== header) {
        return { status: 401, body: { statusCode: 401, message: "The identity header is wrong." } };
      }
      const resource = request.url.searchParams.get("resource") ?? "";
      if (request.url.searchParams.get("api-version") !== "2019-08-01" || resource === "") {
        return armError(400, "InvalidRequest", "resource and api-version=2019-08-01 are required.");
      }
      const expiresOn = nowS() + tokenLifetimeS;
      return {
        status: 200,
        body: {
          access_token: jwt({ aud: resource, exp: expiresOn }),
          client_id: PRINCIPAL_ID,
          expires_on: String(expiresOn),
          resource,
          token_type: "Bearer",
        },
      };
    },
    refuse: (request) => {
      const token = request.headers.authorization;
      if (token === undefined) return tokenMissing();
      const claims = readJwt(token);
      if (claims === undefined || !claims.aud.startsWith(AUDIENCE)) return tokenInvalid();
      return claims.exp <= nowS() ? tokenExpired(new Date(claims.exp * 1000)) : undefined;
    },
  };
}

const claimsSchema = z.object({
  aud: z.string(),
  /** Seconds since 1970. */
  exp: z.int(),
});
type Claims = z.infer<typeof claimsSchema>;

/** Shaped like a token of Entra, worth nothing anywhere else. */
function jwt(claims: Claims): string {
  const header = { typ: "JWT", alg: "none" };
  const payload = { ...claims, oid: PRINCIPAL_ID, tid: TENANT_ID };
  return `${encode(header)}.${encode(payload)}.${SIGNATURE}`;
}

function readJwt(authorization: string): Claims | undefined {
  const [, payload, found] = /^Bearer [\w-]+\.([\w-]+)\.([\w-]+)$/.exec(authorization) ?? [];
  if (payload === undefined || found !== SIGNATURE) return undefined;
  return claimsSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
