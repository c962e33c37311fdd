import { z } from "zod";

const days = (fallback: number, about: string) =>
  z.int().min(1).max(3650).default(fallback).describe(about);

export const Retention = z
  .strictObject({
    scans_days: days(90, "Scans that are no snapshots, with what their cells came to."),
    snapshots_days: days(400, "Snapshots: what trends rest on."),
    tag_changes_days: days(400, "Tag changes. Drift is not told from baselines older than this."),
    gone_resources_days: days(400, "Resources that no longer exist, counted from their end."),
  })
  .prefault({})
  .describe("How long history is kept; what is older is removed once a day, in small steps.");
