import type { AuditTrail } from "./audit-trail.ts";
import type { Estate } from "./estate/types.ts";
import type { FaultPlan, SandboxCall } from "./faults.ts";
import type { LoopbackAnswer, LoopbackRequest } from "./loopback.ts";

/** What every simulated cloud is started with. */
export interface CloudServerOptions {
  readonly estate: Estate;
  readonly faults: FaultPlan;
  /** Loopback port; 0 picks a free one. */
  readonly port: number;
  /** Added to every answer, in milliseconds. */
  readonly latencyMs: number;
  /** What the cloud's own log holds. Default: nothing. */
  readonly audit?: AuditTrail;
  /** Told of every request that was understood, before it is answered. */
  readonly onCall?: (call: SandboxCall) => void;
  /** Asked before anything else; what it answers is not the cloud's, but the sandbox's own interface. */
  readonly control?: (request: LoopbackRequest) => LoopbackAnswer | undefined;
}

/** A running simulated cloud on 127.0.0.1. */
export interface CloudServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Environment that points the product's own credential chain and endpoints at this server. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}
