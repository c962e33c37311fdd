import { McpServer } from "@modelcontextprotocol/server";
import type { AnyTool, DepsFor } from "./define.ts";
import type { AnyPrompt } from "./define-prompt.ts";
import type { AnyResource } from "./define-resource.ts";
import { createDispatch, type DispatchDeps } from "./dispatch.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { type PromptDeps, prompts } from "./prompts/index.ts";
import { type ResourceDeps, resources } from "./resources/index.ts";
import { createCompletion } from "./serve-completion.ts";
import { servePrompts } from "./serve-prompts.ts";
import { serveResources } from "./serve-resources.ts";
import { createToolServing } from "./serve-tools.ts";
import { type ToolDeps, tools } from "./tools/index.ts";

export interface McpDeps extends DispatchDeps {
  /** Version of this build, shown to clients. */
  readonly version: string;
}

/** What this product's tools, resources and prompts need of the application. */
export type ProductDeps = ToolDeps & ResourceDeps & PromptDeps;

/** Makes a server for one connection (stdio, a 2025 session) or one request (2026-07-28). Cheap. */
export type McpServerFactory = () => McpServer;

/** What a server offers beside its tools. */
export interface Offer {
  readonly resources: readonly AnyResource[];
  readonly prompts: readonly AnyPrompt[];
}

/** Five minutes: lists change only with a new build. */
const LIST_TTL_MS = 300_000;
const LIST_HINT = { ttlMs: LIST_TTL_MS, cacheScope: "private" } as const;

/**
 * The protocol edge over registries of tools, resources and prompts. What is the same for every server
 * that the factory makes is made here, once.
 */
export function createMcp(deps: McpDeps & ProductDeps): McpServerFactory;
export function createMcp<const Tools extends readonly AnyTool[]>(
  deps: McpDeps & DepsFor<Tools>,
  registry: Tools,
  offer?: Offer,
): McpServerFactory;
export function createMcp(
  deps: McpDeps,
  registry: readonly AnyTool[] = tools,
  offer: Offer = { resources, prompts },
): McpServerFactory {
  const serving = { dispatch: createDispatch(registry, deps, deps), logger: deps.logger };
  const readers = offer.resources.map(({ reader }) => reader);
  const getters = offer.prompts.map(({ getter }) => getter);
  const reads = { ...deps, method: "resources/read" } as const;
  const gets = { ...deps, method: "prompts/get" } as const;
  const reading = { dispatch: createDispatch(readers, deps, reads), logger: deps.logger };
  const getting = { dispatch: createDispatch(getters, deps, gets), logger: deps.logger };
  const serveTools = createToolServing(registry, serving);
  const serveCompletion = createCompletion(offer.resources, offer.prompts, {
    ...deps,
    completerDeps: deps,
  });
  return () => {
    const mcp = new McpServer(identity(deps.version), {
      instructions: INSTRUCTIONS,
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false },
        prompts: { listChanged: false },
        completions: {},
      },
      cacheHints: {
        "tools/list": LIST_HINT,
        "resources/list": LIST_HINT,
        "resources/templates/list": LIST_HINT,
        "prompts/list": LIST_HINT,
        "server/discover": { ttlMs: LIST_TTL_MS, cacheScope: "public" },
      },
    });
    serveTools(mcp);
    serveResources(mcp, offer.resources, reading);
    servePrompts(mcp, offer.prompts, getting);
    serveCompletion(mcp);
    return mcp;
  };
}

function identity(version: string): { name: string; title: string; version: string } {
  return { name: "finops-tag-compliance", title: "FinOps Tag Compliance", version };
}
