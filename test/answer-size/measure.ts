import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { compose } from "../../src/compose.ts";
import { loadSettings } from "../../src/config/load.ts";
import { createDispatch } from "../../src/mcp/dispatch.ts";
import { tools } from "../../src/mcp/tools/index.ts";
import { TOOL_SCOPES } from "../../src/safety/principal.ts";
import { fillStore, someIds } from "./wide-estate.ts";

/** Four characters are about one token; text and structured content both reach the model. */
export interface AnswerSize {
  readonly tool: string;
  readonly arguments: "default" | "largest";
  readonly tokens: number;
  /** Code of the error that it was answered with. */
  readonly error: string | undefined;
}

const ROOT = join(import.meta.dirname, "../..");

/** Arguments that make an answer long, where a tool takes them. */
function largest(shape: object, resourceIds: readonly string[]): Record<string, unknown> {
  const all: Readonly<Record<string, unknown>> = {
    limit: 100,
    response_format: "detailed",
    resource_ids: resourceIds,
    include_ad_hoc: true,
    days_back: 400,
    min_confidence: 0,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in shape));
}

/** Tools that ask a cloud on every call, which here is none. */
const ASKS_CLOUDS = new Set(["import_aws_tag_policy"]);

/** Fills a store of its own and asks every tool that reads it. */
export async function measureAnswers(resources: number): Promise<readonly AnswerSize[]> {
  const folder = mkdtempSync(join(tmpdir(), "answer-size-"));
  const config = {
    clouds: { aws: {} },
    policy: { file: join(ROOT, "sandbox/policy.yaml") },
    storage: { data_dir: folder },
    safety: { budget: { calls: 1000 }, approval: { ask: "never" } },
    log: { level: "silent" },
  };
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const environment = {
    TAG_COMPLIANCE_CONFIG: join(folder, "config.yaml"),
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const app = compose(() => loadSettings(undefined, environment), { goesOn: true });
  try {
    await fillStore(app, join(folder, "inventory.db"), resources);
    const dispatch = createDispatch(tools, app, app);
    const resourceIds = await someIds(app, 100);
    const ask = async (
      tool: (typeof tools)[number],
      which: AnswerSize["arguments"],
    ): Promise<AnswerSize> => {
      const few =
        "resource_ids" in tool.input.shape ? { resource_ids: resourceIds.slice(0, 1) } : {};
      const result = await dispatch({
        name: tool.name,
        arguments: which === "default" ? few : largest(tool.input.shape, resourceIds),
        principal: {
          kind: "local_user",
          channel: "stdio",
          tenant: null,
          subject: "test",
          client: null,
          scopes: TOOL_SCOPES,
          key: "test",
        },
        signal: new AbortController().signal,
      });
      return { tool: tool.name, arguments: which, ...sizeOf(result) };
    };
    const sizes: AnswerSize[] = [];
    for (const tool of tools.filter(({ name }) => !ASKS_CLOUDS.has(name)))
      for (const which of ["default", "largest"] as const) sizes.push(await ask(tool, which));
    return sizes;
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(result: object): Pick<AnswerSize, "tokens" | "error"> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody here can be asked, so nobody is
  const { content, structuredContent, isError } = result as CallToolResult;
  const [first] = content;
  const text = first?.type === "text" ? first.text : "";
  return {
    tokens: Math.ceil(JSON.stringify({ content, structuredContent }).length / 4),
    error: isError === true ? (/"code":"(\w+)"/.exec(text)?.[1] ?? text) : undefined,
  };
}
