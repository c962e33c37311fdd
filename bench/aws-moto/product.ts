import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectProduct, type ProductClient } from "../../test/e2e/product-client.ts";
import { expectedOf, plantedIn, type PlantedEstate } from "../../test/moto/planted-estate.ts";
import type { ComplianceOutput } from "../../src/mcp/compliance-output.ts";

/** What asking the built server twice took. */
export interface ProductFigures extends Record<string, number | string> {
  readonly calls: number;
  readonly seconds: number;
  /** Of the server's process since it began, start-up included. */
  readonly cpu_seconds: number;
  readonly second_calls: number;
  readonly second_seconds: number;
  /** Of both answers; zero when all counts are those that were planted. */
  readonly off_by: number;
}

/** Passes every request on to moto and counts it. */
async function countingProxy(target: string): Promise<{
  readonly url: string;
  readonly counted: () => number;
  close(): void;
}> {
  const { hostname, port } = new URL(target);
  let counted = 0;
  const server = createServer((incoming, outgoing) => {
    counted += 1;
    const { method, url, headers } = incoming;
    const passed = request({ hostname, port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const own = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${own}`,
    counted: () => counted,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * The question as a client of the built server asks it over stdio, with every Region enabled and none
 * configured, through a proxy that counts what reaches moto.
 */
export async function askProduct(estate: PlantedEstate, policy: string): Promise<ProductFigures> {
  const folder = mkdtempSync(join(tmpdir(), "bench-product-"));
  const file = join(folder, "policy.yaml");
  writeFileSync(file, policy);
  const proxy = await countingProxy(estate.url);
  const product = await connectProduct({
    AWS_ENDPOINT_URL: proxy.url,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    TAG_COMPLIANCE_DATA_DIR: folder,
    TAG_COMPLIANCE_POLICY_FILE: file,
    HOME: folder,
  });
  const ask = async () => {
    const before = { calls: proxy.counted(), at: performance.now() };
    const answer = await product.check({
      cloud_provider: "aws",
      resource_types: Object.keys(estate.counts),
      response_format: "detailed",
    });
    return {
      answer,
      calls: proxy.counted() - before.calls,
      seconds: (performance.now() - before.at) / 1000,
    };
  };
  try {
    const first = await ask();
    const cpuSeconds = cpuSecondsOf(product.client);
    const second = await ask();
    return {
      resources: first.answer.total_resources,
      regions: estate.regions.join(" "),
      complete: String(first.answer.coverage.complete),
      off_by: offBy(first.answer, estate) + offBy(second.answer, estate),
      calls: first.calls,
      seconds: first.seconds,
      cpu_seconds: cpuSeconds,
      second_calls: second.calls,
      second_seconds: second.seconds,
    };
  } finally {
    await product.client.close();
    proxy.close();
    rmSync(folder, { recursive: true });
  }
}

/** By how much the answer's counts differ from the truth: in all, by verdict, by kind and by type. */
function offBy(answer: ComplianceOutput, estate: PlantedEstate): number {
  const expected = expectedOf(estate.truth);
  const kinds = new Map(answer.violations_by_kind.map(({ kind, count }) => [kind, count]));
  const ofType = (type: string): number =>
    (answer.breakdown ?? [])
      .filter((row) => row.resource_type === type)
      .reduce((sum, row) => sum + row.compliant + row.non_compliant, 0);
  const pairs = [
    [answer.total_resources, plantedIn(estate)],
    [answer.compliant_resources, expected.compliant],
    [answer.non_compliant_resources, expected.non_compliant],
    ...Object.entries(expected.byKind).map(([kind, n]) => [kinds.get(kind) ?? 0, n] as const),
    ...Object.entries(estate.counts).map(([type, n]) => [ofType(type), n] as const),
  ] as const;
  return pairs.reduce((sum, [found, planted]) => sum + Math.abs(found - planted), 0);
}

/** Of a second, as Linux counts processor time for every program (`sysconf(_SC_CLK_TCK)`). */
const TICKS_PER_SECOND = 100;

/** Processor seconds of the server so far, as Linux tells: `utime` and `stime` of proc(5). */
function cpuSecondsOf({ transport }: ProductClient["client"]): number {
  const pid = transport !== undefined && "pid" in transport ? Number(transport.pid) : 0;
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
