import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { unauthenticated } from "./errors.ts";
import type { Project } from "./hierarchy.ts";

const BASE = "/computeMetadata/v1/";

/** In every token, so that one outlives a restart of the server, as a real one does. */
const ISSUER = "simulated";

const EMAIL = "tag-compliance@sandbox.iam.gserviceaccount.com";

export interface Metadata {
  /** The metadata server's answer; undefined for a path outside it. */
  answer(request: LoopbackRequest): LoopbackAnswer | undefined;
  /** The refusal that the request's access token earns from `method`; undefined when it is good. */
  refuse(request: LoopbackRequest, method: string): LoopbackAnswer | undefined;
}

/**
 * The metadata server of a Compute Engine VM, as far as Google's client libraries ask it
 * (cloud.google.com/compute/docs/metadata/predefined-metadata-keys).
 */
export function createMetadata(home: Project, tokenLifetimeS: number): Metadata {
  const values: Readonly<Record<string, () => unknown>> = {
    instance: () => "attributes/\nid\nservice-accounts/\nzone\n",
    "instance/service-accounts/default/email": () => EMAIL,
    "instance/service-accounts/default/token": () => ({
      access_token: `ya29.${ISSUER}.${nowS() + tokenLifetimeS}`,
      expires_in: tokenLifetimeS,
      token_type: "Bearer",
    }),
    "project/project-id": () => home.id,
    "project/numeric-project-id": () => home.number,
    "universe/universe-domain": () => "googleapis.com",
  };
  return {
    answer: (request) => {
      const { pathname } = request.url;
      if (!pathname.startsWith(BASE)) return undefined;
      // Asked for on every request so that a page in a browser cannot read a VM's credentials.
      if (request.headers["metadata-flavor"] !== "Google") {
        return plain(403, "Missing Metadata-Flavor:Google header.");
      }
      const value = values[pathname.slice(BASE.length).replace(/\/$/, "")]?.();
      if (value === undefined) return plain(404, "The requested key was not found.");
      return typeof value === "string"
        ? plain(200, value)
        : { status: 200, headers: FLAVOR, body: value };
    },
    refuse: (request, method) => {
      const header = request.headers.authorization;
      if (header === undefined) return unauthenticated("CREDENTIALS_MISSING", method);
      const [, found, expiry] = /^Bearer ya29\.(\w+)\.(\d+)$/.exec(header) ?? [];
      if (found !== ISSUER) return unauthenticated("ACCESS_TOKEN_TYPE_UNSUPPORTED", method);
      return Number(expiry) <= nowS() ? unauthenticated("ACCESS_TOKEN_EXPIRED", method) : undefined;
    },
  };
}

const FLAVOR = { "metadata-flavor": "Google", server: "Metadata Server for VM" };

function plain(status: number, body: string): LoopbackAnswer {
  return { status, headers: { ...FLAVOR, "content-type": "application/text" }, body };
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
