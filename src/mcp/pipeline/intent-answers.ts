import {
  type CallToolResult,
  inputRequired,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import { isExpensive } from "../../safety/intent/estimate.ts";
import {
  ageText,
  type Ambiguity,
  durationText,
  type Option,
  regrets,
} from "../../safety/intent/options.ts";
import type { ScanEstimate } from "../../safety/intent/scan-estimate.ts";
import { redact } from "../../safety/redact.ts";
import type { IntentSettings } from "../../safety/settings.ts";
import { plainName } from "../untrusted-text.ts";
import type { ParsedCall } from "./call.ts";

/** Key of the one question that is put to a user. */
export const CHOICE = "choice";
/** The way out that every question has. */
export const STOP = "stop";

/** A question before it is put, in whatever form the client can show. */
export interface Question {
  readonly call: ParsedCall;
  readonly estimate: ScanEstimate;
  readonly ambiguities: readonly Ambiguity[];
  /** The caller named no scope, so what was meant is open; else only the price is in question. */
  readonly ambiguous: boolean;
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What a dry run answers. */
export function dryRunAnswer(
  { tool }: ParsedCall,
  estimate: ScanEstimate,
  settings: IntentSettings,
): CallToolResult {
  const warnings = regrets(estimate);
  const wouldAsk = settings.ask !== "never" && isExpensive(estimate, settings);
  const text = [
    `Dry run: nothing was read. ${sizeText(estimate)}`,
    ...warnings,
    ...(wouldAsk ? ["The call itself will ask for confirmation first."] : []),
    `Next: call ${tool.name} without dry_run.`,
  ].join("\n");
  return {
    content: [{ type: "text", text }],
    structuredContent: {
      dry_run: true,
      estimate: toEstimate(estimate),
      potential_regrets: [...warnings],
      would_ask: wouldAsk,
    },
  };
}

/** For clients that cannot put a question to their user: the model must, or choose. */
export function clarification(question: Question): CallToolResult {
  const { call, estimate, ambiguities, ambiguous, token, expiresAtMs } = question;
  const { confirm: _confirm, ...parameters } = redact(call.input);
  const text = [
    `Not run yet: ${reasonText(question)}`,
    ...optionsOf(ambiguities).map(optionLine),
    `Next: ask the user, then call ${call.tool.name} again with the arguments of the chosen option; where it requires approval, add confirm = ${token}`,
  ].join("\n");
  return {
    content: [{ type: "text", text }],
    structuredContent: {
      clarification_needed: true,
      reason: ambiguous ? "ambiguous_and_expensive" : "high_stakes",
      intent: {
        operation: call.tool.name,
        parameters,
        estimated_scope: toEstimate(estimate),
        potential_regrets: [...regrets(estimate)],
      },
      ambiguities: ambiguities.map(({ parameter, question: asked, options }) => ({
        parameter,
        question: asked,
        options: options.map((option) => ({
          value: option.value,
          label: option.label,
          arguments: option.arguments,
          estimated_resources: option.estimatedResources,
          estimated_time: durationText(option.estimatedSeconds),
          requires_approval: option.requiresApproval,
        })),
      })),
      confirm: { token, expires_at: new Date(expiresAtMs).toISOString() },
    },
  };
}

/** For clients that can: the same as one choice. */
export function elicitation(question: Question): InputRequiredResult {
  const options = optionsOf(question.ambiguities);
  return inputRequired({
    inputRequests: {
      [CHOICE]: inputRequired.elicit({
        message: [reasonText(question), ...regrets(question.estimate)].join(" "),
        requestedSchema: {
          type: "object",
          properties: {
            [CHOICE]: {
              type: "string",
              title: "How to go on",
              enum: [...options.map(({ value }) => value), STOP],
              enumNames: [...options.map(optionText), "Do nothing"],
            },
          },
          required: [CHOICE],
        },
      }),
    },
    requestState: question.token,
  });
}

/** Every option once, the cheapest first. */
export function optionsOf(ambiguities: readonly Ambiguity[]): readonly Option[] {
  const all = ambiguities.flatMap(({ options }) => options);
  return [...new Map(all.map((option) => [option.value, option])).values()].toSorted(
    (a, b) => a.estimatedResources - b.estimatedResources,
  );
}

function optionText(option: Option): string {
  const { label, estimatedResources, estimatedSeconds } = option;
  const type = option.arguments["resource_types"];
  const named = Array.isArray(type) ? ` (${plainName(String(type[0]))})` : "";
  const size =
    estimatedResources === 0
      ? option.requiresApproval
        ? "needs your approval"
        : "reads nothing"
      : `${count(estimatedResources)} resources, about ${durationText(estimatedSeconds)}`;
  return `${label}${named}: ${size}`;
}

function optionLine(option: Option): string {
  const approval = option.requiresApproval ? ", requires approval" : "";
  return `- ${option.value}: ${optionText(option)}${approval}`;
}

function reasonText({ call, estimate, ambiguous }: Question): string {
  const open = ambiguous ? "no accounts, regions or types were named, and " : "";
  return `${call.tool.name}: ${open}${lowerFirst(sizeText(estimate))}`;
}

function sizeText(estimate: ScanEstimate): string {
  const { answersFrom, resources, cells, seconds, apiCalls, storedAgeMinutes, apiCostMicros } =
    estimate;
  if (answersFrom === "stored")
    return storedAgeMinutes === null
      ? "It would be answered from what is stored."
      : `It would be answered from data that is ${ageText(storedAgeMinutes)} old.`;
  const size =
    estimate.costDays > 0
      ? `It would ask for the costs of ${estimate.costDays} days with at least ${count(apiCalls ?? 0)} requests`
      : resources === null
        ? "It would read the clouds; how much there is to read is not known yet"
        : `It would read about ${count(resources)} resources in ${cells ?? "some"} places with about ${count(apiCalls ?? 0)} requests`;
  const time = seconds === null ? "" : `, in about ${durationText(seconds)}`;
  const money = apiCostMicros === 0 ? "" : `, for about ${apiCostMicros / 1_000_000} USD`;
  return `${size}${time}${money}.`;
}

function toEstimate(estimate: ScanEstimate): Record<string, unknown> {
  const { answersFrom, cells, resources, apiCalls, apiCostMicros, seconds } = estimate;
  const { storedAgeMinutes, assumptions } = estimate;
  return {
    answers_from: answersFrom,
    cells,
    resources,
    api_calls: apiCalls,
    api_cost: { micros: apiCostMicros, currency: "USD" },
    seconds: seconds === null ? null : Math.ceil(seconds),
    stored_data_age_minutes: storedAgeMinutes === null ? null : Math.round(storedAgeMinutes),
    assumptions: [...assumptions],
  };
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
