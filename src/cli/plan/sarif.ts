import { VIOLATION_KINDS, type ViolationKind } from "../../domain/compliance/violation.ts";
import type { SourceLocation } from "../../domain/terraform/source-blocks.ts";
import { VERSION } from "../../version.ts";
import { type LocatedCheck, violationText } from "./findings.ts";

const RULES: Readonly<Record<ViolationKind, string>> = {
  missing_required_tag: "A tag that the policy requires is not there.",
  empty_value: "A required tag has no value.",
  invalid_value: "A value is not among those that the policy allows.",
  invalid_format: "A value does not have the form that the policy or the cloud asks for.",
  key_variant: "A key is spelled differently from the policy's.",
  value_variant: "A value is spelled differently from the policy's.",
  prohibited_tag: "A tag that the policy prohibits is there.",
  naming_rule: "A key breaks the naming rules of the policy or the cloud.",
};

/**
 * SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), which code hosts show beside the lines of a
 * change.
 */
export function toSarif({ check, locate, planFile }: LocatedCheck): string {
  const results = check.resources.flatMap((resource) =>
    resource.violations.map((violation) => ({
      ruleId: violation.kind,
      ruleIndex: VIOLATION_KINDS.indexOf(violation.kind),
      level: violation.severity,
      message: { text: `${resource.address}: ${violationText(violation)}` },
      locations: [
        {
          physicalLocation: physicalLocation(locate(resource), planFile),
          logicalLocations: [{ fullyQualifiedName: resource.address, kind: "resource" }],
        },
      ],
      // The same finding of the next run is recognised by these, wherever its line went.
      partialFingerprints: {
        "resourceRule/v1": `${resource.address}|${violation.kind}|${violation.tag}`,
      },
    })),
  );
  const rules = VIOLATION_KINDS.map((id) => ({ id, shortDescription: { text: RULES[id] } }));
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [{ tool: { driver: { name: "tag-compliance", version: VERSION, rules } }, results }],
    },
    null,
    2,
  );
}

function physicalLocation(location: SourceLocation | undefined, planFile: string): object {
  const uri = (location?.path ?? planFile).split("/").map(encodeURIComponent).join("/");
  return {
    artifactLocation: { uri },
    ...(location === undefined ? {} : { region: { startLine: location.line } }),
  };
}
