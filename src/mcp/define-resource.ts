import * as z from "zod";
import type { Change } from "../ports/changes.ts";
import type { ToolScope } from "../safety/principal.ts";
import { defineReadTool, type AnyTool, type ReadTool, type ToolContext } from "./define.ts";

/** What a person could type for a variable; cut and filtered by what was typed so far. */
export type Completer<Deps> = (deps: Deps) => Promise<readonly string[]>;
export type Completers<Deps> = Readonly<Record<string, Completer<Deps>>>;

const contentOutput = z.object({
  mimeType: z.string(),
  /** Exactly one of the two. `blob` is base64. */
  text: z.string().optional(),
  blob: z.string().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});
/** What a reader answers, before it is put in the words of the protocol. */
export const resourceOutput = z.object({ contents: z.array(contentOutput).min(1) });
export type ResourceContents = z.input<typeof resourceOutput>["contents"];

/** What a client may read by its URI. Reading changes nothing and asks no cloud. */
export interface Resource<Deps, In extends z.ZodObject> {
  /** snake_case, unique; the file is named the same with dashes. */
  readonly name: string;
  /**
   * RFC 6570, level 3: `scan://{scan_id}/violations{?cursor,severity}`. Without a variable in its path
   * it is listed as a resource, with any variable as a template; with variables in its query alone, as both.
   */
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  /** Of the answer when nothing else is asked for. */
  readonly mimeType: string;
  readonly complete: Completers<Deps>;
  /**
   * Addresses, without a query, that show something else after a change. Absent: clients cannot subscribe,
   * because what it shows stays the same, or changes by being read.
   */
  readonly updatedBy?: (change: Change) => readonly string[];
  /** Reading as a call, so that the stages that guard tools guard it, too. */
  readonly reader: ReadTool<Deps, In, typeof resourceOutput>;
}

export interface AnyResource extends Omit<Resource<never, z.ZodObject>, "reader"> {
  readonly reader: AnyTool;
}

export interface ResourceDefinition<Deps, In extends z.ZodObject>
  extends Omit<Resource<Deps, In>, "reader" | "complete"> {
  readonly complete?: Completers<Deps>;
  /** Default `tag:read`. */
  readonly scope?: ToolScope;
  /** The variables, strict; all of them are text. */
  readonly input: In;
  readonly read: (
    input: z.output<In>,
    deps: Deps,
    context: ToolContext,
  ) => Promise<ResourceContents>;
}

export function defineResource<Deps, In extends z.ZodObject>({
  read,
  input,
  scope = "tag:read",
  complete = {},
  ...shown
}: ResourceDefinition<Deps, In>): Resource<Deps, In> {
  const reader = defineReadTool({
    name: pathOf(shown.uri),
    title: shown.title,
    description: shown.description,
    reachesClouds: false,
    scope,
    // Programs read again whenever they show a resource anew: that is no model in a loop.
    polling: true,
    input,
    output: resourceOutput,
    run: async (variables: z.output<In>, deps: Deps, context) => ({
      contents: await read(variables, deps, context),
    }),
    summarize: () => "",
  });
  return { ...shown, complete, reader };
}

/** A template without its query variables. */
export function pathOf(uri: string): string {
  return uri.replace(/\{\?.*$/, "");
}
