import { type LocatedCheck, violationText } from "./findings.ts";

/**
 * Workflow commands that GitHub shows at the lines of a pull request
 * (docs.github.com/actions/reference/workflows-and-actions/workflow-commands).
 */
export function toGithub({ check, locate, planFile }: LocatedCheck): string {
  return check.resources
    .flatMap((resource) => {
      const location = locate(resource);
      const line = location === undefined ? "" : `,line=${location.line}`;
      const file = property(location?.path ?? planFile);
      return resource.violations.map(
        (violation) =>
          `::${violation.severity} file=${file}${line},title=${property(resource.address)}::${message(violationText(violation))}`,
      );
    })
    .join("\n");
}

function message(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
