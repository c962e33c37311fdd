import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readDiscovery, type DiscoveredApi } from "./discovery.ts";
import type { Exchange, SpecOracle, Verdict } from "./proxy.ts";
import { publishedPath } from "./published.ts";

/** The metadata server of a VM is described in prose only. */
const OUTSIDE = /^\/computeMetadata\//;

const DOCUMENTS = ["cloudasset__v1", "cloudresourcemanager__v3", "bigquery__v2"] as const;
export type DiscoveryName = (typeof DOCUMENTS)[number];

/** The error envelope that all Google APIs share (AIP-193), with the older APIs' `errors`. */
const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.int().min(400).max(599),
    message: z.string(),
    status: z
      .enum([
        "INVALID_ARGUMENT",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNAUTHENTICATED",
        "PERMISSION_DENIED",
        "NOT_FOUND",
        "ABORTED",
        "ALREADY_EXISTS",
        "RESOURCE_EXHAUSTED",
        "CANCELLED",
        "INTERNAL",
        "UNKNOWN",
        "UNIMPLEMENTED",
        "UNAVAILABLE",
        "DEADLINE_EXCEEDED",
      ])
      .optional(),
    details: z
      .array(z.looseObject({ "@type": z.string().startsWith("type.googleapis.com/") }))
      .optional(),
    errors: z
      .array(z.looseObject({ message: z.string(), domain: z.string(), reason: z.string() }))
      .optional(),
  }),
});

export function readApi(name: DiscoveryName): DiscoveredApi {
  const file = path.join(publishedPath("specs/gcp"), `${name}.json`);
  return readDiscovery(JSON.parse(readFileSync(file, "utf8")));
}

/** Judges Google traffic by Google's own discovery documents; unknown fields are errors. */
export function createGcpOracle(): SpecOracle {
  const apis = DOCUMENTS.map(readApi);
  return { judge: (exchange) => judge(apis, exchange) };
}

function judge(apis: readonly DiscoveredApi[], exchange: Exchange): Verdict {
  const url = new URL(exchange.target, "https://googleapis.com");
  if (OUTSIDE.test(url.pathname)) return { operation: undefined, faults: [] };
  for (const api of apis) {
    const method = api.match(exchange.method, decodeURIComponent(url.pathname));
    if (method === undefined) continue;
    const answer =
      exchange.status < 300
        ? api.judgeBody(method.response, exchange.body)
        : judgeGoogleError(exchange.status, exchange.body);
    const faults = [
      ...api.judgeQuery(method, url.searchParams).map((fault) => `request: ${fault}`),
      ...api.judgeBody(method.request, exchange.requestBody).map((fault) => `request: ${fault}`),
      ...answer.map((fault) => `response: ${fault}`),
    ];
    return { operation: method.id, faults };
  }
  return {
    operation: undefined,
    faults: [`no published method: ${exchange.method} ${url.pathname}`],
  };
}

/** What is wrong with the body of an answer that is no success. */
export function judgeGoogleError(status: number, body: unknown): readonly string[] {
  const read = errorSchema.safeParse(body);
  if (!read.success)
    return read.error.issues.map((issue) => `${issue.path.join("/")} ${issue.message}`);
  const { code } = read.data.error;
  return code === status ? [] : [`error.code is ${code} in an answer with status ${status}`];
}
