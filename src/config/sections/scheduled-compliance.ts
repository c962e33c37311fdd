import { Cron } from "croner";
import { z } from "zod";
import { CLOUDS } from "../../domain/cloud.ts";

const all = (about: string) =>
  z
    .union([z.literal("all"), z.array(z.string().min(1)).min(1)])
    .default("all")
    .describe(about);

function isSchedule(text: string): boolean {
  try {
    return new Cron(text, { paused: true, mode: "5-part" }).nextRun() !== null;
  } catch {
    return false;
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export const ScheduledCompliance = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe("Scan on a schedule while serving, and keep the result as a scheduled snapshot."),
    schedule: z
      .string()
      .refine(isSchedule, "Give five cron fields, such as 0 2 * * *, that name some moment.")
      .default("0 2 * * *")
      .describe("Cron: minute, hour, day of month, month, day of week."),
    timezone: z
      .string()
      .refine(isTimezone, "Give an IANA time zone such as Europe/Berlin.")
      .default("UTC")
      .describe("IANA time zone of the schedule."),
    clouds: z
      .union([z.literal("all"), z.array(z.enum(CLOUDS)).min(1)])
      .default("all")
      .describe("Clouds to scan; all: every configured one."),
    resource_types: all("Types or categories to scan."),
    regions: all("Regions to scan."),
    store_snapshot: z
      .literal(true, "The scheduled scan is always kept: trends rest on it.")
      .default(true)
      .describe("Always true: the scheduled scan is what trends rest on."),
    notify_on_failure: z
      .boolean()
      .default(true)
      .describe(
        "Log a scheduled scan that failed or was missed as an error, for whoever watches the log; no message is sent.",
      ),
    notification_email: z
      .string()
      .refine(
        () => false,
        "notification_email is not supported yet: no e-mail is sent. Remove it, and alarm on the log, /health or the metric scheduled_runs_total.",
      )
      .optional()
      .describe("Not supported yet: refused, so that nobody waits for an e-mail."),
  })
  .prefault({})
  .describe("The daily compliance scan that trends rest on.");
