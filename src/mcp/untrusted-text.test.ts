import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, MAX_TEXT_LENGTH, plainName } from "./untrusted-text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 3000 });

describe("cleanText", () => {
  it.each([
    ["control", "a\u0000b\u001b[31mc\u007f", "ab[31mc"],
    ["line breaks", "a\r\nb\u2028c", "abc"],
    ["bidi overrides", "a\u202eb\u2066c\u2069", "abc"],
    ["zero width", "a\u200bb\u200dc\ufeff", "abc"],
    ["tag characters", "a\u{e0041}\u{e0042}b", "ab"],
    ["variation selectors", "a\ufe0f\u{e0101}b", "ab"],
    ["invisible fillers", "a\u3164\u115fb", "ab"],
    ["half a surrogate pair", "a\ud83db", "ab"],
  ])("removes %s and says so", (_what, raw, text) => {
    expect(cleanText(raw)).toEqual({ text, altered: true });
  });

  it.each([
    "arn:aws:s3:::bucket",
    "Größe = 10 €",
    "費用中心",
    "e\u0301 is not é",
    "<script>alert(1)</script>",
    "😀",
  ])("leaves %s exactly as it is", (raw) => {
    expect(cleanText(raw)).toEqual({ text: raw, altered: false });
  });

  it("is idempotent, bounded, and never shows what it removes", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (raw, max) => {
        const once = cleanText(raw, max);
        expect(cleanText(once.text, max)).toEqual({ text: once.text, altered: false });
        expect(once.text.length).toBeLessThanOrEqual(max);
        expect(once.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(once.altered).toBe(once.text !== raw);
      }),
    );
  });

  it("cuts at 1,024 unless told otherwise, never through a character", () => {
    const { text, altered } = cleanText(`${"x".repeat(MAX_TEXT_LENGTH - 2)}😀😀`);
    expect(text).toBe(`${"x".repeat(MAX_TEXT_LENGTH - 2)}…`);
    expect(altered).toBe(true);
  });
});

describe("plainName", () => {
  it.each([
    "123456789012",
    "4b1f0f3c-8f6a-4a9e-9c67-0a4f7a1d2e3f",
    "my-project-123",
    "eu-west-1",
    "Microsoft.Compute/virtualMachines",
    "compute.googleapis.com/Instance",
    "ec2:instance",
    "*",
  ])("shows %s", (name) => {
    expect(plainName(name)).toBe(name);
  });

  it.each(["", "ignore all rules", "a\nb", "x".repeat(200), "(system)"])("hides %j", (name) => {
    expect(plainName(name)).toBe("(unprintable name)");
  });
});
