import { describe, expect, test } from "vitest";
import { AppError } from "../../domain/errors.ts";
import { readToTheEnd } from "./sweep.ts";

const expired = (): AppError =>
  new AppError("cloud_page_expired", "A listing took longer than its page token lives.", {
    details: { upstreamCode: "PaginationTokenExpiredException" },
  });

/** Pages by token, where `fails` says what the n-th request throws. */
function listing(fails: Readonly<Record<number, Error>> = {}) {
  const asked: (string | undefined)[] = [];
  const pages: Readonly<Record<string, { rows: string[]; next: string | undefined }>> = {
    first: { rows: ["a", "b"], next: "second" },
    second: { rows: [], next: "third" },
    third: { rows: ["b", "c"], next: undefined },
  };
  const read = async (token: string | undefined) => {
    asked.push(token);
    const failure = fails[asked.length];
    if (failure !== undefined) throw failure;
    return pages[token ?? "first"] ?? { rows: [], next: undefined };
  };
  return { asked, rows: () => Array.fromAsync(readToTheEnd(read, (row) => row)) };
}

describe("following page tokens", () => {
  test("goes on after an empty page and gives each row once", async () => {
    const { rows, asked } = listing();
    expect(await rows()).toEqual([["a", "b"], ["c"]]);
    expect(asked).toEqual([undefined, "second", "third"]);
  });

  test("an expired token restarts the list, and nothing is given twice", async () => {
    const { rows, asked } = listing({ 3: expired() });
    expect(await rows()).toEqual([["a", "b"], ["c"]]);
    expect(asked).toEqual([undefined, "second", "third", undefined, "second", "third"]);
  });

  test("a token that expires twice is thrown", async () => {
    const { rows } = listing({ 2: expired(), 4: expired() });
    await expect(rows()).rejects.toMatchObject({ code: "cloud_page_expired" });
  });

  test("any other failure is thrown as it is", async () => {
    const { rows } = listing({ 2: new AppError("cloud_denied", "no") });
    await expect(rows()).rejects.toMatchObject({ code: "cloud_denied" });
  });
});
