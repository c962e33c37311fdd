import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../safety/principal.ts";
import { defineReadTool, type ProgressUpdate, type ToolContext } from "./define.ts";
import { generousSafety } from "../../test/safety/generous-safety.ts";
import { createDispatch } from "./dispatch.ts";
import { UnknownToolError } from "./pipeline/unknown-tool.ts";

/** What a failed call tells. */
function errorOf(result: CallToolResult | InputRequiredResult): unknown {
  expect(result["isError"]).toBe(true);
  const [block] = (result as CallToolResult).content;
  return block?.type === "text" ? JSON.parse(block.text) : undefined;
}

const LOCAL_USER: Principal = {
  kind: "local_user",
  channel: "stdio",
  tenant: null,
  subject: "someone",
  client: null,
  scopes: ["tag:read"],
  key: "process:1",
};

type Run = (context: ToolContext) => Promise<{ answer: number }>;

function dispatchTo(run: Run, deadlineMs = 60_000) {
  const log: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      log.push({ level, message, fields });
    };
  const tool = defineReadTool({
    name: "ask",
    title: "Ask",
    description: "Asks.",
    reachesClouds: false,
    input: z.strictObject({ limit: z.int().max(10).default(3) }),
    output: z.object({ answer: z.int() }),
    run: (_input, deps: { readonly run: Run }, context) => deps.run(context),
    summarize: ({ answer }, { limit }) => `${answer} within ${limit}`,
  });
  const dispatch = createDispatch(
    [tool],
    { run },
    {
      clock: { now: () => 0 },
      ids: { next: (prefix) => `${prefix}_1` },
      logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
      deadlineMs,
      safety: generousSafety(),
    },
  );
  const call = (
    args: unknown,
    signal: AbortSignal = new AbortController().signal,
    sendProgress?: (update: ProgressUpdate) => void,
  ) =>
    dispatch({
      name: "ask",
      arguments: args,
      principal: LOCAL_USER,
      signal,
      ...(sendProgress === undefined ? {} : { sendProgress }),
    });
  return { dispatch, call, log };
}

const never = (): Promise<never> => Promise.withResolvers<never>().promise;

describe("dispatch", () => {
  it("fills defaults, answers with text made from the data, and logs the call", async () => {
    const { call, log } = dispatchTo(async () => ({ answer: 42 }));
    expect(await call(undefined)).toEqual({
      content: [{ type: "text", text: "42 within 3" }],
      structuredContent: { answer: 42 },
    });
    expect(log).toEqual([
      {
        level: "info",
        message: "tool call",
        fields: { tool: "ask", correlationId: "call_1", durationMs: 0, outcome: "ok" },
      },
    ]);
  });

  it("does not run a tool whose arguments are wrong", async () => {
    let ran = false;
    const { call } = dispatchTo(async () => {
      ran = true;
      return { answer: 1 };
    });
    expect(errorOf(await call({ limit: 11 }))).toMatchObject({
      code: "invalid_input",
      issues: [{ path: "limit" }],
    });
    expect(ran).toBe(false);
  });

  it.each([null, "text", [1]])("refuses arguments that are no object: %j", async (args) => {
    const { call } = dispatchTo(async () => ({ answer: 1 }));
    // MCP lets `arguments` be absent; null is treated the same.
    expect((await call(args))["isError"] ?? false).toBe(args !== null);
  });

  it("ends on time although the tool ignores its signal", async () => {
    const { call } = dispatchTo(never, 20);
    expect(errorOf(await call({}))).toMatchObject({ code: "deadline_exceeded", retryable: true });
  });

  it("gives the tool a signal that the deadline aborts", async () => {
    const aborted = Promise.withResolvers<boolean>();
    const { call } = dispatchTo(({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.aborted));
      return never();
    }, 20);
    await call({});
    expect(await aborted.promise).toBe(true);
  });

  it("answers `cancelled` at once when the caller gives up, before or during the call", async () => {
    const caller = new AbortController();
    const { call } = dispatchTo(() => {
      caller.abort();
      return never();
    });
    expect(errorOf(await call({}, caller.signal))).toMatchObject({ code: "cancelled" });
    expect(errorOf(await call({}, AbortSignal.abort()))).toMatchObject({ code: "cancelled" });
  });

  it("drops what a tool says after its answer", async () => {
    const told: ProgressUpdate[] = [];
    let late: ToolContext | undefined;
    const { call } = dispatchTo(async (context) => {
      late = context;
      context.progress({ done: 1, message: "on time" });
      return { answer: 1 };
    });
    await call({}, undefined, (update) => told.push(update));
    late?.progress({ done: 2, message: "too late" });
    expect(told).toEqual([{ done: 1, message: "on time" }]);
  });

  it.each([
    { what: "a foreign error", thrown: new Error("/srv/secret.js exploded") },
    { what: "an internal error", thrown: new AppError("internal", "Broken.") },
  ])("logs $what in full under the correlation id it tells the caller", async ({ thrown }) => {
    const { call, log } = dispatchTo(async () => {
      throw thrown;
    });
    const result = await call({});
    expect(errorOf(result)).toMatchObject({ code: "internal", correlation_id: "call_1" });
    expect(JSON.stringify(result)).not.toContain("secret");
    const entry = log.find(({ level }) => level === "error");
    expect(entry?.fields).toMatchObject({ tool: "ask", correlationId: "call_1" });
    const logged = entry?.fields["error"] as Error;
    expect(logged.cause ?? logged).toBe(thrown);
  });

  it("treats an answer that breaks the tool's own schema as a failure", async () => {
    const { call } = dispatchTo(async () => ({ answer: 0.5 }));
    expect(errorOf(await call({}))).toMatchObject({ code: "internal" });
  });

  it("throws for a tool it does not know, naming a near one but never the caller's text", async () => {
    const { dispatch } = dispatchTo(async () => ({ answer: 1 }));
    const unknown = (name: string) =>
      dispatch({
        name,
        arguments: {},
        principal: LOCAL_USER,
        signal: new AbortController().signal,
      });
    await expect(unknown("asks")).rejects.toEqual(new UnknownToolError("ask"));
    await expect(unknown("rm -rf /")).rejects.toThrow(/^Unknown tool\.$/);
  });
});
