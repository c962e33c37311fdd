import { describe, expect, it } from "vitest";
import { AppError, ERROR_CODES } from "../domain/errors.ts";
import { asAppError, toToolError } from "./errors.ts";

function bodyOf(error: AppError): unknown {
  const result = toToolError(error, "call_1");
  expect(result).toEqual({ isError: true, content: [{ type: "text", text: expect.any(String) }] });
  const [block] = result.content;
  return block?.type === "text" ? JSON.parse(block.text) : undefined;
}

describe("toToolError", () => {
  it.each(ERROR_CODES)("%s says whether a retry can help", (code) => {
    expect(bodyOf(new AppError(code, "What failed."))).toEqual({
      code,
      message: "What failed.",
      retryable: expect.any(Boolean),
      correlation_id: "call_1",
    });
  });

  it("lists twenty issues and counts the rest", () => {
    const issues = Array.from({ length: 25 }, (_, i) => ({ path: `a[${i}]`, message: "Bad." }));
    expect(bodyOf(new AppError("invalid_input", "Bad.", { issues }))).toMatchObject({
      issues: issues.slice(0, 20),
      more_issues: 5,
    });
  });

  it("keeps details, causes and unprintable text from the caller", () => {
    const error = new AppError("cloud_denied", "Denied.", {
      hint: "Ask for the\u202e permission.",
      details: { upstream: "User: arn:aws:iam::1:user/bob is not authorized" },
      cause: new Error("at /srv/app.js:1"),
      issues: [{ path: "tags.\u200bx\u0007", message: "No." }],
    });
    const text = JSON.stringify(toToolError(error, "call_1"));
    expect(text).not.toMatch(/bob|srv|\\u|\u202e|\u200b/);
    expect(text).toContain("Ask for the permission.");
  });
});

describe("asAppError", () => {
  it.each([new TypeError("x is undefined"), "a string", undefined])("takes %s as internal", (e) => {
    const error = asAppError(e);
    expect(error).toMatchObject({ code: "internal", cause: e });
    expect(error.message).not.toContain("undefined");
  });
});
