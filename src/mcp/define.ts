import type * as z from "zod";
import type { Estimate } from "../safety/intent/estimate.ts";
import type { Principal, ToolScope } from "../safety/principal.ts";

/** One step of a long call. Dispatch drops it unless the caller asked to be told. */
export interface ProgressUpdate {
  /** Grows with the work; an update that does not grow is dropped. */
  readonly done: number;
  /** Absent while the amount of work is not known. */
  readonly total?: number;
  /** One line for a person. Our own words, numbers and plain names; never tag text. */
  readonly message: string;
  /** The scan that is behind the call. */
  readonly scanId?: string;
}

/**
 * What a person should know while a call runs. Our own words, enums, numbers and plain names, as the answer
 * has them; never text of a cloud or a tag.
 */
export interface CallNotice {
  readonly level: "info" | "warning";
  /** For programs: `cell_not_read`; `more_notices` stands for those that were not passed on. */
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface ToolContext {
  /** Aborts when the caller cancels, disconnects, or the call's deadline passes. */
  readonly signal: AbortSignal;
  /** Names this call in the log, and in an error answer. */
  readonly correlationId: string;
  /** Who calls: what is kept apart by tenant is read for this one alone. */
  readonly principal: Principal;
  progress(update: ProgressUpdate): void;
  /** Passed on to clients that want messages of its level; of many, the first and how many more. */
  notice(notice: CallNotice): void;
  /**
   * Tells that a cloud request that costs money was sent: it counts against the caller's budget. Requests
   * that are free are counted without being told. Absent where nobody counts.
   * @param costMicros millionths of a US dollar
   */
  readonly spent?: (costMicros: number) => void;
}

/** A resource of this server, by the address `resources/read` takes. */
export interface ToolLink {
  readonly uri: string;
  readonly name: string;
  readonly media_type: string;
  readonly size_bytes: number;
}

/**
 * A tool that changes nothing in a cloud. One tool is one file with one default export; everything
 * around the call (parsing, deadline, error answers, output check) is dispatch's.
 */
export interface ReadTool<Deps, In extends z.ZodObject, Out extends z.ZodObject> {
  readonly effect: "read";
  /** snake_case, unique; the file is named the same with dashes. */
  readonly name: string;
  readonly title: string;
  /** For a model that must choose: what it answers, when to use it and when not, its limits. */
  readonly description: string;
  /** Does a call reach systems outside this server (a cloud)? Becomes MCP's `openWorldHint`. */
  readonly reachesClouds: boolean;
  /** Does a call change what this server does later, as a new policy does? Default: no. */
  readonly changesServer?: boolean;
  /** What the caller must be allowed to. Default: `admin` when it changes the server, else `tag:read`. */
  readonly scope?: ToolScope;
  /** Meant to be called again and again with the same arguments, as a status is: that is no loop. */
  readonly polling?: boolean;
  /** Why a call that reaches clouds is never large enough to be asked about; then it needs no estimate. */
  readonly neverExpensive?: string;
  /**
   * What a call would read and cost, without asking a cloud. A tool that takes the shared scope and
   * freshness arguments needs none: it is estimated from the inventory.
   */
  estimate?(input: z.output<In>, deps: Deps): Promise<Estimate>;
  /** Strict: an argument it does not know is refused, never ignored. */
  readonly input: In;
  readonly output: Out;
  run(input: z.output<In>, deps: Deps, context: ToolContext): Promise<z.input<Out>>;
  /**
   * The answer for readers of text, made from the structured answer alone: short, ending with the
   * next sensible call. Counts, enums and plain names only: text found in a cloud stays in the data.
   */
  summarize(output: z.output<Out>, input: z.output<In>): string;
  /** Files of this server that hold what the answer does not, given to the client as links. */
  links?(output: z.output<Out>): readonly ToolLink[];
}

/** A tool of any shape. `never` accepts every `Deps`, because `run` only ever receives them. */
export type AnyTool = ReadTool<never, z.ZodObject, z.ZodObject>;

export function defineReadTool<Deps, In extends z.ZodObject, Out extends z.ZodObject>(
  tool: Omit<ReadTool<Deps, In, Out>, "effect">,
): ReadTool<Deps, In, Out> {
  return { ...tool, effect: "read" };
}

type DepsOf<Tool> = Tool extends ReadTool<infer Deps, infer _In, infer _Out> ? Deps : never;
type Intersect<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
/** All that a list of tools needs, computed: who composes them cannot forget one and still compile. */
export type DepsFor<Tools extends readonly AnyTool[]> = Intersect<DepsOf<Tools[number]>>;
