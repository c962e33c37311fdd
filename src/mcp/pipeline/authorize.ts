import { AppError } from "../../domain/errors.ts";
import type { ToolScope } from "../../safety/principal.ts";
import type { AnyTool } from "../define.ts";
import type { KnownCall } from "./call.ts";

/** What a caller must be allowed to for this tool. */
export function scopeOf(tool: AnyTool): ToolScope {
  return tool.scope ?? (tool.changesServer === true ? "admin" : "tag:read");
}

/** @throws {AppError} `forbidden` */
export function authorize({ tool, principal }: KnownCall): void {
  const needed = scopeOf(tool);
  if (principal.scopes.includes(needed)) return;
  throw new AppError("forbidden", `This call needs the scope ${needed}, which the caller lacks.`, {
    hint: "Sign in with an account that has it, or ask the user to.",
  });
}
