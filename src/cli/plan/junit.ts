import type { CheckedResource } from "../../domain/terraform/check-plan.ts";
import { type LocatedCheck, violationText } from "./findings.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
  "\r": "&#13;",
};

/** Characters that XML 1.0 does not allow at all (w3.org/TR/xml, production 2). */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** JUnit's XML as CI servers read it: a resource is a test case. */
export function toJunit({ check }: LocatedCheck): string {
  const { counts, resources } = check;
  const failures = resources.filter(({ violations }) => violations.length > 0).length;
  const totals = `tests="${resources.length}" failures="${failures}" errors="0" skipped="${counts.unknown}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tag-compliance" ${totals}>`,
    `  <testsuite name="tag-compliance check-plan" ${totals}>`,
    ...resources.map(testCase),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function testCase({
  address,
  terraformType,
  verdict,
  violations,
  unknownAtPlan,
}: CheckedResource): string {
  const open = `    <testcase classname="${xml(terraformType)}" name="${xml(address)}"`;
  if (violations.length > 0) {
    const text = violations.map(violationText).join("\n");
    const first = violations[0]?.kind ?? "violation";
    return `${open}><failure type="${xml(first)}" message="${violations.length} violation(s)">${xml(text)}</failure></testcase>`;
  }
  if (verdict === "unknown")
    return `${open}><skipped message="${xml(`known after apply: ${unknownAtPlan.join(", ")}`)}"/></testcase>`;
  return `${open}/>`;
}

function xml(text: string): string {
  return text
    .replaceAll(NOT_XML, "\u{FFFD}")
    .replaceAll(/[&<>"\n\t\r]/g, (character) => ENTITIES[character] ?? character);
}
