import * as z from "zod";
import { defineReadTool, type AnyTool, type ReadTool } from "./define.ts";
import type { Completers } from "./define-resource.ts";

const message = z.object({
  role: z.enum(["user", "assistant"]),
  content: z.looseObject({ type: z.string() }),
});
/** What a reader answers, before it is put in the words of the protocol. */
export const promptOutput = z.object({ messages: z.array(message).min(1) });
export type PromptMessages = z.input<typeof promptOutput>["messages"];

/** A way of working that a person picks from their client's menu. */
export interface Prompt<Deps, In extends z.ZodObject> {
  /** snake_case, unique; the file is named the same with dashes. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly complete: Completers<Deps>;
  /** Getting it as a call, so that the stages that guard tools guard it, too. */
  readonly getter: ReadTool<Deps, In, typeof promptOutput>;
}

export interface AnyPrompt extends Omit<Prompt<never, z.ZodObject>, "getter"> {
  readonly getter: AnyTool;
}

export interface PromptDefinition<Deps, In extends z.ZodObject>
  extends Omit<Prompt<Deps, In>, "getter" | "complete"> {
  readonly complete?: Completers<Deps>;
  /** Its arguments, strict; MCP knows them as text only. */
  readonly input: In;
  readonly messages: (input: z.output<In>) => PromptMessages;
}

export function definePrompt<Deps, In extends z.ZodObject>({
  messages,
  input,
  complete = {},
  ...shown
}: PromptDefinition<Deps, In>): Prompt<Deps, In> {
  const getter = defineReadTool({
    ...shown,
    name: `prompt:${shown.name}`,
    reachesClouds: false,
    polling: true,
    input,
    output: promptOutput,
    run: async (given: z.output<In>, _deps: Deps) => ({ messages: messages(given) }),
    summarize: () => "",
  });
  return { ...shown, complete, getter };
}

/** A prompt that is one text of the user's. */
export function asUser(...lines: readonly string[]): PromptMessages {
  return [{ role: "user", content: { type: "text", text: lines.join("\n") } }];
}
