import type { Revision } from "./official-suite.ts";

/** The server offers tools; scenarios of the other features find nothing to test. */
const NO_RESOURCES_OR_PROMPTS = [
  "completion-complete",
  "resources-list",
  "resources-read-text",
  "resources-read-binary",
  "resources-templates-read",
  "prompts-list",
  "prompts-get-simple",
  "prompts-get-with-args",
  "prompts-get-embedded-resource",
  "prompts-get-with-image",
];

/** Content our tools never answer with. */
const NO_OTHER_CONTENT = [
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
];

/**
 * Scenarios that need a feature this server does not have; everything else must pass. An entry whose
 * scenario comes to pass fails the run, so this list cannot rot.
 */
export const EXPECTED_FAILURES: Readonly<Record<Revision, readonly string[]>> = {
  "2025-11-25": [
    ...NO_RESOURCES_OR_PROMPTS,
    ...NO_OTHER_CONTENT,
    "resources-subscribe",
    "resources-unsubscribe",
    // Deprecated by the protocol; logs go to stderr.
    "logging-set-level",
    "tools-call-with-logging",
    // Requests from server to client: none of our tools makes one.
    "tools-call-sampling",
    "tools-call-elicitation",
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
  ],
  "2026-07-28": [
    ...NO_RESOURCES_OR_PROMPTS,
    ...NO_OTHER_CONTENT,
    "caching:sep-2549-prompts-list-caching-hints",
    "caching:sep-2549-resources-list-caching-hints",
    "caching:sep-2549-resources-templates-list-caching-hints",
    // Need tools that ask the client for input, or that log.
    "server-stateless:sep-2575-server-rejects-undeclared-capability",
    "server-stateless:sep-2575-missing-capability-http-400",
    "server-stateless:sep-2575-http-server-no-independent-requests-on-stream",
    "server-stateless:sep-2575-server-no-log-without-loglevel",
    "input-required-result-basic-elicitation",
    "input-required-result-basic-sampling",
    "input-required-result-basic-list-roots",
    "input-required-result-request-state",
    "input-required-result-multiple-input-requests",
    "input-required-result-multi-round",
    "input-required-result-non-tool-request",
    "input-required-result-result-type",
    "input-required-result-tampered-state",
    "input-required-result-capability-check",
    // Only warnings, about answers of the features named above.
    "input-required-result-missing-input-response",
    "input-required-result-ignore-extra-params",
    "sep-2164-resource-not-found",
  ],
};

/** Fail too when the server runs without `fixtureTools`, as a product build does. */
export const NEED_FIXTURE_TOOLS = [
  "tools-call-simple-text",
  "tools-call-error",
  "tools-call-with-progress",
];
