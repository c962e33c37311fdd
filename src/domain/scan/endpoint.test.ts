import { describe, expect, it } from "vitest";
import { parseEndpoint } from "./endpoint.ts";

describe("parseEndpoint", () => {
  it.each(["https://management.azure.com", "http://127.0.0.1:8080", "http://localhost:1/"])(
    "accepts %s",
    (text) => {
      expect(parseEndpoint(text).origin).toBe(text.replace(/\/$/, ""));
    },
  );

  it.each([
    "http://management.azure.com",
    "http://127.0.0.1.example.com",
    "http://localhost@example.com",
    "https://user:secret@example.com",
    "https://example.com/proxy",
    "https://example.com/?next=",
    "ftp://127.0.0.1",
    "management.azure.com",
    "",
  ])("refuses to send tokens to %j", (text) => {
    expect(() => parseEndpoint(text)).toThrowError(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });
});
