import { hostHeaderValidation, originValidation } from "@modelcontextprotocol/hono";
import { Hono } from "hono";
import type { Logger } from "../ports/logger.ts";
import type { McpEndpoint } from "./mcp-endpoint.ts";

/** What `/health` shows. `unavailable` answers 503; `degraded` still serves, with something amiss. */
export interface Health {
  readonly status: "ok" | "degraded" | "unavailable";
  readonly [detail: string]: unknown;
}

export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

export interface HttpAppDeps {
  readonly mcp: McpEndpoint;
  readonly health: () => Promise<Health>;
  /** What a scraper reads at `/metrics`; absent or null when that is not configured. */
  readonly metricsPage?: () => Promise<MetricsPage | null>;
  readonly logger: Logger;
  /** Host names that requests may name in Host and Origin. */
  readonly allowedHosts: string[];
}

/**
 * All routes. Every one but `/livez` refuses a foreign Host or Origin: a web page that rebinds its
 * name to this machine must not reach the server through the user's browser.
 */
export function createHttpApp({
  mcp,
  health,
  metricsPage,
  logger,
  allowedHosts,
}: HttpAppDeps): Hono {
  const app = new Hono();
  app.get("/livez", (c) => c.text("ok"));
  app.use("*", hostHeaderValidation(allowedHosts), originValidation(allowedHosts));
  app.all("/mcp", (c) => mcp.fetch(c.req.raw));
  app.get("/health", async (c) => {
    c.header("cache-control", "no-store");
    const state = await health();
    return c.json(state, state.status === "unavailable" ? 503 : 200);
  });
  app.get("/metrics", async (c) => {
    const page = (await metricsPage?.()) ?? null;
    if (page === null) return c.notFound();
    return c.body(page.text, 200, {
      "content-type": page.contentType,
      "cache-control": "no-store",
    });
  });
  app.notFound((c) => c.json({ error: "not_found" }, 404));
  app.onError((error, c) => {
    logger.error("request failed", { path: c.req.path, error });
    return c.json({ error: "internal" }, 500);
  });
  return app;
}
