import type { Revision } from "./official-suite.ts";

const IN_BOTH = [
  "completion-complete",
  "tools-call-simple-text",
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
  "tools-call-error",
  "tools-call-with-progress",
  "resources-read-text",
  "resources-read-binary",
  "resources-templates-read",
  "prompts-get-simple",
  "prompts-get-with-args",
  "prompts-get-embedded-resource",
  "prompts-get-with-image",
];

/** Fail too when the server runs without fixtures, as a product build does: they call fixtures by name. */
export const NEED_FIXTURES: Readonly<Record<Revision, readonly string[]>> = {
  "2025-11-25": [
    ...IN_BOTH,
    "tools-call-with-logging",
    "resources-subscribe",
    "resources-unsubscribe",
    "tools-call-sampling",
    "tools-call-elicitation",
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
  ],
  "2026-07-28": [
    ...IN_BOTH,
    "server-stateless:sep-2575-server-rejects-undeclared-capability",
    "server-stateless:sep-2575-missing-capability-http-400",
    "server-stateless:sep-2575-http-server-no-independent-requests-on-stream",
    "server-stateless:sep-2575-server-no-log-without-loglevel",
    ...[
      "basic-elicitation",
      "basic-sampling",
      "basic-list-roots",
      "request-state",
      "multiple-input-requests",
      "multi-round",
      "missing-input-response",
      "non-tool-request",
      "result-type",
      "tampered-state",
      "capability-check",
      "ignore-extra-params",
    ].map((name) => `input-required-result-${name}`),
  ],
};
