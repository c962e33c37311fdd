import { appendFileSync } from "node:fs";
import type { Tool } from "@modelcontextprotocol/server";
import { tools } from "../../src/mcp/tools/index.ts";
import type { ScanEstimate } from "../../src/safety/intent/scan-estimate.ts";
import { FROM_STORE } from "../../src/safety/intent/estimate.ts";
import { type FakeApp, fakeApp } from "../mcp/fake-app.ts";
import { GENEROUS, generousSafety } from "./generous-safety.ts";

/** What is asked about when a call says `refresh`. */
const EXPENSIVE: ScanEstimate = {
  ...FROM_STORE,
  answersFrom: "clouds",
  resources: 50_000,
  seconds: 600,
  places: [],
  everywhere: [],
};

/** How many tools can be asked about: each such question costs a call. */
export const ASKING = tools.filter(({ input }) =>
  ["cloud_provider", "accounts", "regions", "resource_types", "max_age_minutes", "refresh"].every(
    (name) => name in input.shape,
  ),
);

/**
 * The product's registry with limits that a test reaches: each call once, and one call a tool, and one
 * question each. Every audit record becomes a line of the file.
 */
export function tightApp(auditFile: string): FakeApp {
  return fakeApp({
    safety: generousSafety({
      settings: {
        budget: { ...GENEROUS.budget, calls: tools.length + ASKING.length },
        loops: { ...GENEROUS.loops, repeats: 2 },
      },
      estimateScan: async ({ refresh }) =>
        refresh ? EXPENSIVE : { ...FROM_STORE, places: [], everywhere: [] },
      append: async (event) => {
        appendFileSync(auditFile, `${JSON.stringify(event)}\n`);
        return 1;
      },
    }),
  });
}

interface Part {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly items?: Part;
}

/** Arguments that a tool accepts, made from what it says of itself. */
export function validArguments({ inputSchema }: Tool): Record<string, unknown> {
  const properties: Readonly<Record<string, unknown>> = inputSchema.properties ?? {};
  return Object.fromEntries(
    (inputSchema.required ?? []).map((name) => [name, example(properties[name] as Part)]),
  );
}

function example(part: Part): unknown {
  if (part.enum !== undefined) return part.enum[0];
  if (part.type === "array") return [example(part.items ?? {})];
  if (part.type === "integer" || part.type === "number") return part.minimum ?? 1;
  return part.type === "boolean" ? false : "i-0123456789abcdef0";
}
