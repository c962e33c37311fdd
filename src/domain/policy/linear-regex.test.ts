import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLinearRegex, type LinearRegex } from "./linear-regex.ts";

function compiled(pattern: string, caseSensitive = true): LinearRegex {
  const regex = compileLinearRegex(pattern, caseSensitive);
  if ("problem" in regex) throw new Error(regex.problem);
  return regex;
}

/** Patterns that take a back-tracking engine exponential or polynomial time on the value beside them. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ["(a+)+$", `${"a".repeat(250)}!`],
  ["(a|a)*b", "a".repeat(256)],
  ["(a|aa)+$", `${"a".repeat(250)}!`],
  ["(.*a){12}", "b".repeat(256)],
  ["(x+x+)+y", "x".repeat(256)],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(256)],
  [".*.*.*.*=.*", "y".repeat(256)],
  ["(a?){100}a{100}", "a".repeat(100)],
  ["([a-zA-Z0-9._%+-]+)*@x", "a".repeat(256)],
];

describe("a hostile pattern", () => {
  it.each(HOSTILE)("%s is decided, not searched for", (pattern, value) => {
    // Only an engine without back-tracking returns from these at all.
    const answer = compiled(pattern).matches(value);
    expect(answer).toBe(pattern === "(a?){100}a{100}");
  });

  it.each([
    ["look-ahead", "(?=a)b"],
    ["look-behind", "(?<=a)b"],
    ["a back reference", "(a)\\1"],
    ["an open group", "(a"],
    ["a huge count", "a{1001}"],
    ["counts that multiply", "((a{1,100}){1,100}){1,100}"],
    ["a program over the limit", "\\pL{1000}\\pL{1000}"],
    ["many alternatives of counts", "(\\pL?){400}".repeat(2)],
  ])("%s is refused when the policy is loaded", (_, pattern) => {
    expect(compileLinearRegex(pattern, true)).toHaveProperty("problem");
  });

  it("is either refused or decides every value, whatever the text", () => {
    const text = fc.string({
      maxLength: 60,
      unit: fc.constantFrom(..."ab.*+?(){}[]|\\19,^$-".split("")),
    });
    fc.assert(
      fc.property(text, (pattern) => {
        const regex = compileLinearRegex(pattern, true);
        const answer = "problem" in regex ? "refused" : regex.matches("ab".repeat(128));
        expect([true, false, "refused"]).toContain(answer);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("matching", () => {
  it.each([
    ["[a-z]+", "abc", true],
    ["[a-z]+", "abc1", false],
    ["[a-z]+", "1abc", false],
    ["a|ab", "ab", true],
    ["^$", "", true],
    ["\\p{Lu}+", "ÄÖ", true],
    [".*", "x".repeat(256), true],
    [".*", "x".repeat(257), false],
    [".*", "😀".repeat(256), true],
    [".*", "😀".repeat(257), false],
    [".*", "x".repeat(100_000), false],
  ])("%s against %s: %s", (pattern, value, matches) => {
    expect(compiled(pattern).matches(value)).toBe(matches);
  });

  it("ignores case when told to", () => {
    expect(compiled("[a-z]+", false).matches("ABC")).toBe(true);
    expect(compiled("[a-z]+", true).matches("ABC")).toBe(false);
  });

  it("agrees with the platform's engine on simple patterns", () => {
    const patterns = ["[a-c]+", "a?b*c", "(ab|cd)+", "[^a]{2,4}", "a.c", "\\d+-[a-z]*"];
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.string({ maxLength: 8, unit: fc.constantFrom(..."abcd1-".split("")) }),
        (pattern, value) => {
          expect(compiled(pattern).matches(value)).toBe(new RegExp(`^(?:${pattern})$`).test(value));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
