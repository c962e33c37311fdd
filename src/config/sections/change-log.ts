import { z } from "zod";

const asked = (log: string, permission: string) =>
  z.boolean().default(false).describe(`Ask ${log}. Needs ${permission}.`);

export const ChangeLogSettings = z
  .strictObject({
    aws: asked("CloudTrail's event history, 90 days", "cloudtrail:LookupEvents"),
    azure: asked(
      "the Activity Log, 90 days",
      "Microsoft.Insights/eventtypes/values/read (in the role Reader)",
    ),
    gcp: asked(
      "the Admin Activity audit logs, 400 days",
      "logging.logEntries.list (role Logs Viewer)",
    ),
  })
  .prefault({})
  .describe("Who changed tags: whether a cloud's own log is asked when a change is found.");
