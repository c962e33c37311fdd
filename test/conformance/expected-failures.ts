import type { Revision } from "./official-suite.ts";

/**
 * Scenarios that need a feature which this server does not declare; everything else must pass. An entry
 * whose scenario comes to pass fails the run, so this list cannot rot.
 */
export const EXPECTED_FAILURES: Readonly<Record<Revision, readonly string[]>> = {
  "2025-11-25": [
    // The server declares no logging, which the protocol deprecates: logs go to stderr and OpenTelemetry.
    "logging-set-level",
    "tools-call-with-logging",
    // The server declares no subscriptions: its resources do not change while someone looks at them.
    "resources-subscribe",
    "resources-unsubscribe",
  ],
  "2026-07-28": [],
};
