/** What the protocol calls the ways to what a server offers. */
export type TracedMethod = "tools/call" | "resources/read" | "prompts/get";

/** A call as a trace shows it. */
export interface TracedCall {
  readonly method: TracedMethod;
  /** Of the tool, resource or prompt. */
  readonly name: string;
  /** The caller's place in a distributed trace (W3C `traceparent`), as it sent it. */
  readonly traceparent?: string | undefined;
}

/** Runs a call as one step of a trace, and tells there how it ended. */
export type TraceCall = <Outcome extends { readonly outcome: string }>(
  call: TracedCall,
  run: () => Promise<Outcome>,
) => Promise<Outcome>;
