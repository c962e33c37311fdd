import { McpServer } from "@modelcontextprotocol/server";
import type { Changes } from "../ports/changes.ts";
import type { AnyTool, DepsFor } from "./define.ts";
import type { AnyPrompt } from "./define-prompt.ts";
import type { AnyResource } from "./define-resource.ts";
import { createDispatch, type DispatchDeps } from "./dispatch.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { type PromptDeps, prompts } from "./prompts/index.ts";
import { type ResourceDeps, resources } from "./resources/index.ts";
import { createResourceUpdates, type ResourceUpdates } from "./resource-updates.ts";
import { type AskedBy, identityFor } from "./server-identity.ts";
import { createPatience } from "./pipeline/patience.ts";
import { createCompletion } from "./serve-completion.ts";
import { servePrompts } from "./serve-prompts.ts";
import { serveResources } from "./serve-resources.ts";
import { serveSubscriptions } from "./serve-subscriptions.ts";
import { createToolServing } from "./serve-tools.ts";
import { createTasks, TASKS_EXTENSION } from "./tasks.ts";
import { type ToolDeps, tools } from "./tools/index.ts";

export interface McpDeps extends DispatchDeps {
  /** Version of this build, shown to clients. */
  readonly version: string;
  /** How long a call may scan before it is answered that it goes on. Default 45 s. */
  readonly patienceMs?: number;
  /** What clients are told of who subscribed to a resource. */
  readonly changes: Changes;
}

/** What this product's tools, resources and prompts need of the application. */
export type ProductDeps = ToolDeps & ResourceDeps & PromptDeps;

/** Makes a server for one connection (stdio, a 2025 session) or one request (2026-07-28). Cheap. */
export interface McpServerFactory {
  (askedBy?: AskedBy): McpServer;
  /** Ends calls that go on after their answers. */
  readonly close?: () => void;
  /** For what serves `subscriptions/listen`, which is no server but its transport. */
  readonly updates?: ResourceUpdates;
}

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
  const { logger, clock } = deps;
  const patience = createPatience(clock, deps.patienceMs);
  const dispatch = createDispatch(registry, deps, { ...deps, patience });
  const tasks = createTasks({ dispatch, patience, clock, logger });
  const readers = offer.resources.map(({ reader }) => reader);
  const getters = offer.prompts.map(({ getter }) => getter);
  const reads = { ...deps, method: "resources/read" } as const;
  const gets = { ...deps, method: "prompts/get" } as const;
  const reading = { dispatch: createDispatch(readers, deps, reads), logger };
  const getting = { dispatch: createDispatch(getters, deps, gets), logger };
  const serveTools = createToolServing(registry, { dispatch, logger, tasks });
  const serveCompletion = createCompletion(offer.resources, offer.prompts, {
    ...deps,
    completerDeps: deps,
  });
  const updates = createResourceUpdates(offer.resources, deps.changes);
  const create = (askedBy?: AskedBy): McpServer => {
    const mcp = new McpServer(identityFor(deps.version, askedBy), {
      instructions: INSTRUCTIONS,
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false, subscribe: true },
        prompts: { listChanged: false },
        completions: {},
        logging: {},
        extensions: { [TASKS_EXTENSION]: {} },
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
    const read = serveResources(mcp, offer.resources, reading);
    // 2026-07-28 makes a server for each request: nothing may cost there that only sessions use.
    if (askedBy?.era !== "modern")
      serveSubscriptions(mcp, offer.resources, { read, updates, logger });
    servePrompts(mcp, offer.prompts, getting);
    serveCompletion(mcp);
    return mcp;
  };
  return Object.assign(create, { close: () => patience.close(), updates });
}
