import { LOG_LEVEL_META_KEY } from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { createMcpEndpoint } from "../../src/http/mcp-endpoint.ts";
import { createMcp } from "../../src/mcp/server.ts";
import { connectInProcess, ERAS } from "./connect.ts";
import { fakeApp } from "./fake-app.ts";

const NOT_READ = {
  cell: { cloud: "aws", account: "123456789012", region: "eu-west-3", resourceType: "*" },
  status: "denied",
  reason: "access_denied",
  resources: 0,
} as const;

describe.each(ERAS)("messages while a call runs, $era", ({ mode }) => {
  const messagesAt = async (level: "warning" | "error" | undefined, failures: number) => {
    const { deps } = fakeApp();
    const { checkCompliance } = deps;
    const scanning: typeof checkCompliance = async (request) => {
      for (let index = 0; index < failures; index += 1)
        request.onProgress?.({
          cellsDone: index,
          cellsTotal: 500,
          resources: 0,
          ...NOT_READ.cell,
          notRead: NOT_READ,
        });
      return checkCompliance(request);
    };
    const createServer = createMcp({ ...deps, checkCompliance: scanning });
    const own = createMcpEndpoint({ ...deps, createServer });
    const client = await connectInProcess(mode, (request) => own.fetch(request));
    const messages: unknown[] = [];
    client.setNotificationHandler("notifications/message", ({ params }) => {
      messages.push(params);
    });
    if (level !== undefined && mode === "legacy") await client.setLoggingLevel(level);
    const answer = await client.callTool({
      name: "check_tag_compliance",
      arguments: { cloud_provider: "aws" },
      ...(level === undefined || mode === "legacy"
        ? {}
        : { _meta: { [LOG_LEVEL_META_KEY]: level } }),
    });
    expect(answer.isError ?? false).toBe(false);
    await client.close();
    await own.close();
    return messages;
  };

  it("warn of a place that was not read, in our own words", async () => {
    expect(await messagesAt("warning", 1)).toEqual([
      {
        level: "warning",
        logger: "tag-compliance",
        data: {
          code: "cell_not_read",
          message: "aws 123456789012 eu-west-3 was not read: access_denied.",
          details: {
            cloud: "aws",
            account: "123456789012",
            region: "eu-west-3",
            resource_type: "*",
            status: "denied",
            reason: "access_denied",
            resources: 0,
          },
        },
      },
    ]);
  });

  it("are held back below the level that the client set", async () => {
    expect(await messagesAt("error", 1)).toEqual([]);
  });

  it("are few, however many places were not read", async () => {
    const messages = await messagesAt("warning", 500);
    expect(messages).toHaveLength(21);
    expect(messages.at(-1)).toMatchObject({ data: { message: "and 480 more" } });
  });
});
