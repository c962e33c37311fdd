import type { CallToolResult } from "@modelcontextprotocol/server";
import { type BudgetLeft, CALL_WEIGHT } from "../../safety/budget.ts";
import type { Entered } from "../../safety/loops.ts";
import type { Safety } from "../../safety/safety.ts";
import { asAppError } from "../errors.ts";
import type { KnownCall, ParsedCall } from "./call.ts";

export interface Admitted {
  readonly entered: Entered | undefined;
  readonly left: BudgetLeft;
}

/** @throws {AppError} `loop_detected`, `budget_exhausted` */
export async function admit(call: ParsedCall, { loops, budget }: Safety): Promise<Admitted> {
  const { tool, principal } = call;
  const entered = tool.polling === true ? undefined : await loops.enter(loopKey(call));
  const left = await budget.spendCall(principal.key, weightOf(call));
  if (tool.reachesClouds) await budget.requireUpstream(principal.key);
  return { entered, left };
}

/** What cannot be understood or believed costs its caller, too: else it could be tried without end. */
export async function counted<T>(
  { principal }: KnownCall,
  { budget }: Safety,
  stage: () => T | Promise<T>,
): Promise<T> {
  try {
    return await stage();
  } catch (error) {
    // A user who says no makes no mistake.
    if (asAppError(error).code !== "cancelled") await budget.spendMistake(principal.key);
    throw error;
  }
}

/** Equal for calls of one caller that ask the same. */
export function loopKey({ principal, tool, argumentsDigest }: ParsedCall): string {
  return `${principal.key}:${tool.name}:${argumentsDigest}`;
}

function weightOf({ input }: ParsedCall): number {
  return input["cursor"] === undefined ? CALL_WEIGHT.call : CALL_WEIGHT.page;
}

/** A caller that will soon be stopped is told while it can still choose what to ask. */
export function withBudget(result: CallToolResult, left: BudgetLeft): CallToolResult {
  if (!left.low) return result;
  const minutes = Math.ceil(left.resetsAfterMs / 60_000);
  const text = `Budget: ${left.calls} of ${left.limit} calls left for ${minutes} min.`;
  return { ...result, content: [...result.content, { type: "text", text }] };
}
