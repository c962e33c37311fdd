import { describe, expect, it } from "vitest";
import type { PermissionCheck } from "../../ports/doctor.ts";
import type { Terminal } from "../output.ts";
import { renderDiagnosis } from "./doctor.ts";

const PLAIN: Terminal = {
  out: () => undefined,
  err: () => undefined,
  width: 100,
  interactive: false,
  style: (_format, text) => text,
};

const check = (more: Partial<PermissionCheck>): PermissionCheck => ({
  cloud: "azure",
  account: "0b1f6471-1bf0-4dda-aec3-cb9272f09590",
  permission: "Microsoft.Management/managementGroups/read",
  neededFor: "finding the group's subscriptions, which are many",
  remedy:
    "az role assignment create --role Reader --assignee PRINCIPAL --scope /providers/Microsoft.Management/managementGroups/platform-and-its-friends",
  state: "missing",
  reason: null,
  deniedBy: null,
  ...more,
});

describe("what the doctor prints", () => {
  const text = renderDiagnosis(
    {
      healthy: false,
      checks: [
        check({}),
        check({
          account: "gcp-project",
          permission: "resource-explorer-2:ListSupportedResourceTypes",
        }),
        check({ state: "unknown", reason: "cloud_unavailable", remedy: "not asked for" }),
        check({ state: "ok", account: "*".repeat(63) }),
      ],
    },
    PLAIN,
  );

  it("fits into 100 columns", () => {
    const widest = Math.max(...text.split("\n").map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(100);
  });

  it("names each account once, the worst first", () => {
    expect(text.match(/0b1f6471/g)).toHaveLength(1);
    expect(text.indexOf("0b1f6471")).toBeLessThan(text.indexOf("gcp-project"));
  });

  it("says once how to grant what is missing, as a command that can be copied", () => {
    const [, commands = ""] = text.split("To grant what is missing:\n");
    expect(commands.match(/az role assignment create/g)).toHaveLength(1);
    expect(commands).toContain(
      "PRINCIPAL \\\n    --scope /providers/Microsoft.Management/managementGroups/platform-and-its-friends",
    );
    expect(text).not.toContain("not asked for");
  });
});
