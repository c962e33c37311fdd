import { describe, expect, it } from "vitest";
import type { Logger } from "../../ports/logger.ts";
import { azureRefusal } from "./errors.ts";
import { createLinkColumns, type ReadResources } from "./link-columns.ts";
import type { AzureAnswer, AzureCall, AzureSession } from "./session.ts";

const QUERY = { linked: "linked", plain: "plain" } as const;
const NEVER = new AbortController().signal;
const PAGE: AzureAnswer = {
  header: () => undefined,
  body: { totalRecords: 0, count: 0, resultTruncated: "false", data: [] },
};

function refusal(status: number, ...codes: readonly [string, ...string[]]) {
  const [code, ...details] = codes;
  return azureRefusal({
    status,
    header: () => undefined,
    body: { error: { code, details: details.map((detail) => ({ code: detail })) } },
    operation: "Resources",
    laterPage: false,
  });
}

const INVALID = refusal(400, "BadRequest", "InvalidQuery", "ParserFailure");
const THROTTLED = refusal(429, "RateLimiting");

/** Reads through an Azure that answers call by call, when told to. */
function open() {
  const asked: { readonly kql: unknown; readonly answer: PromiseWithResolvers<AzureAnswer> }[] = [];
  const warnings: string[] = [];
  const session: AzureSession = {
    apiCalls: () => asked.length,
    close: () => undefined,
    at: () => session,
    send: ({ body }: AzureCall) => {
      const answer = Promise.withResolvers<AzureAnswer>();
      asked.push({ kql: Object(body).query, answer });
      return answer.promise;
    },
  };
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (message) => void warnings.push(message),
    error() {},
  };
  const readers = createLinkColumns(logger);
  return {
    warnings,
    read: readOf(readers(session)),
    /** Through another session, as another tenant or priority has it. */
    readElsewhere: readOf(readers({ ...session })),
    /** Wordings of all queries so far, once nothing more is sent. */
    sent: async (): Promise<readonly unknown[]> => {
      await settled();
      return asked.map(({ kql }) => kql);
    },
    answer: async (call: number, with_: AzureAnswer | Error): Promise<void> => {
      if (with_ instanceof Error) asked[call]?.answer.reject(with_);
      else asked[call]?.answer.resolve(with_);
      await settled();
    },
  };
}

const readOf =
  (read: ReadResources) =>
  async (signal = NEVER) => {
    try {
      return (await Array.fromAsync(read(QUERY, ["s"], signal))).length;
    } catch (error) {
      return error;
    }
  };

/** Until every promise that can go on has. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("createLinkColumns", () => {
  it("asks one query first; refused, all are read without the columns, in any session", async () => {
    const azure = open();
    const reads = [azure.read(), azure.read(), azure.readElsewhere()];
    expect(await azure.sent()).toEqual(["linked"]);
    await azure.answer(0, INVALID);
    expect(await azure.sent()).toEqual(["linked", "plain", "plain", "plain"]);
    for (const call of [1, 2, 3]) await azure.answer(call, PAGE);
    expect(await Promise.all(reads)).toEqual([1, 1, 1]);
    void azure.read();
    expect((await azure.sent()).slice(4)).toEqual(["plain"]);
    expect(azure.warnings).toHaveLength(1);
  });

  it("asks all at once, with the columns, as soon as Azure took them", async () => {
    const azure = open();
    const reads = [azure.read(), azure.read(), azure.read()];
    await azure.answer(0, PAGE);
    expect(await azure.sent()).toEqual(["linked", "linked", "linked"]);
    for (const call of [1, 2]) await azure.answer(call, PAGE);
    expect(await Promise.all(reads)).toEqual([1, 1, 1]);
    expect(azure.warnings).toEqual([]);
  });

  it("waits once only for an answer that tells nothing of the query, and that answer stays", async () => {
    const azure = open();
    const first = azure.read();
    const others = [azure.read(), azure.read()];
    await azure.answer(0, THROTTLED);
    expect(await first).toBe(THROTTLED);
    expect(await azure.sent()).toEqual(["linked", "linked", "linked"]);
    const later = azure.read();
    await azure.answer(1, INVALID);
    await azure.answer(2, INVALID);
    expect((await azure.sent()).slice(3)).toEqual(["plain", "plain", "plain"]);
    for (const call of [3, 4, 5]) await azure.answer(call, PAGE);
    expect(await Promise.all([...others, later])).toEqual([1, 1, 1]);
    expect(azure.warnings).toHaveLength(1);
  });

  it("gets over a refusal of one query after others were taken", async () => {
    const azure = open();
    void azure.read();
    await azure.answer(0, PAGE);
    const read = azure.read();
    await azure.answer(1, INVALID);
    await azure.answer(2, PAGE);
    expect(await read).toBe(1);
    expect(await azure.sent()).toEqual(["linked", "linked", "plain"]);
  });

  it("fails when the plain query is invalid, too", async () => {
    const azure = open();
    const read = azure.read();
    await azure.answer(0, INVALID);
    const again = refusal(400, "BadRequest", "InvalidQuery");
    await azure.answer(1, again);
    expect(await read).toBe(again);
  });

  it("does not let who gives up wait for the first answer", async () => {
    const azure = open();
    void azure.read();
    const stop = new AbortController();
    const waiting = azure.read(stop.signal);
    stop.abort();
    expect(await waiting).toMatchObject({ code: "cancelled" });
    expect(await azure.sent()).toEqual(["linked"]);
  });
});
