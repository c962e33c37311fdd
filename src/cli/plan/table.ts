import type { CheckedResource } from "../../domain/terraform/check-plan.ts";
import { count, percent, printable, type Terminal } from "../output.ts";
import { type LocatedCheck, violationText } from "./findings.ts";

/** For people: each resource that breaks the policy with its lines, then what is not known, then totals. */
export function toTable({ check, locate }: LocatedCheck, terminal: Terminal): string {
  const { counts } = check;
  const judged = `${count(counts.compliant)} of ${count(counts.compliant + counts.non_compliant)} planned resources comply (${percent(check.score)})`;
  const rest = [
    counts.unknown > 0 ? `${count(counts.unknown)} known only after apply` : "",
    counts.exempt > 0 ? `${count(counts.exempt)} exempt` : "",
    counts.out_of_scope > 0 ? `${count(counts.out_of_scope)} out of scope` : "",
    counts.not_taggable > 0 ? `${count(counts.not_taggable)} that take no tags` : "",
    check.skipped > 0 ? `${count(check.skipped)} destroyed, data or of other providers` : "",
  ].filter((part) => part !== "");
  return [
    ...check.resources.flatMap((resource) => brokenLines(resource, locate, terminal)),
    ...check.resources.flatMap((resource) => unknownLines(resource, terminal)),
    `${terminal.style(counts.non_compliant > 0 ? "red" : "green", judged)}${rest.length > 0 ? `; besides ${rest.join(", ")}` : ""}.`,
    terminal.style(
      "dim",
      `${check.violations.error} error(s), ${check.violations.warning} warning(s). Terraform ${printable(check.terraformVersion)}. Policy ${check.policyHash.slice(0, 12)}.`,
    ),
  ].join("\n");
}

function brokenLines(
  resource: CheckedResource,
  locate: LocatedCheck["locate"],
  terminal: Terminal,
): readonly string[] {
  if (resource.violations.length === 0) return [];
  const location = locate(resource);
  const at = location === undefined ? "" : `  ${location.path}:${location.line}`;
  return [
    `${terminal.style("bold", printable(resource.address))}${terminal.style("dim", printable(at))}`,
    ...resource.violations.map(
      (violation) =>
        `  ${terminal.style(violation.severity === "error" ? "red" : "yellow", violation.severity)}  ${printable(violationText(violation))}`,
    ),
    "",
  ];
}

function unknownLines(
  { address, verdict, unknownAtPlan }: CheckedResource,
  terminal: Terminal,
): readonly string[] {
  if (verdict !== "unknown") return [];
  return [
    terminal.style("bold", printable(address)),
    `  ${terminal.style("yellow", "unknown")}  known only after apply: ${unknownAtPlan.map(printable).join(", ")}`,
    "",
  ];
}
