import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBill } from "../../sandbox/estate/bill.ts";
import { writeBillFile } from "../../sandbox/estate/bill-files.ts";
import { CLOUDS } from "../../src/domain/cloud.ts";
import { monthStart } from "../../src/domain/cost/cost-period.ts";
import { EXPORT_COLUMNS, type ExportFormat } from "../../src/domain/report/export-columns.ts";
import { VIOLATION_KINDS } from "../../src/domain/compliance/violation.ts";
import { type SandboxedApplication, startSandboxed } from "./application.ts";

const EVERYTHING = {
  clouds: [],
  accounts: [],
  regions: [],
  resourceTypes: [],
  maxAgeMinutes: undefined,
  staleMinutes: 0,
  refresh: false,
  signal: new AbortController().signal,
} as const;

function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

describe("reports and exports of three clouds, against what was planted", () => {
  let sandboxed: SandboxedApplication;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "report-test-"));
    sandboxed = await startSandboxed({ estate: { seed: 11, resources: 1_000 } });
    await sandboxed.check();
  });
  afterAll(async () => {
    await sandboxed.close();
    rmSync(folder, { recursive: true });
  });

  const planted = (): number =>
    CLOUDS.reduce((sum, cloud) => {
      const { byKind } = sandboxed.sandbox.estate.truth(cloud);
      return sum + VIOLATION_KINDS.reduce((all, kind) => all + byKind[kind], 0);
    }, 0);

  async function exported(format: ExportFormat): Promise<Buffer> {
    const request = { ...EVERYTHING, format, columns: EXPORT_COLUMNS, severity: "all" } as const;
    const result = await sandboxed.app.exportViolations(request);
    const chunks: Uint8Array[] = [];
    for await (const chunk of result.chunks) chunks.push(chunk);
    expect(result.written()).toMatchObject({ rowCount: planted(), changed: false });
    return Buffer.concat(chunks);
  }

  test("JSON has each planted violation once", async () => {
    const rows: { resource_id: string; kind: string; tag: string }[] = JSON.parse(
      (await exported("json")).toString(),
    );
    expect(rows).toHaveLength(planted());
    expect(Object.keys(rows[0] ?? {})).toEqual(EXPORT_COLUMNS);
    const keys = rows.map(({ resource_id: id, kind, tag }) => `${id}|${kind}|${tag}`);
    expect(new Set(keys).size).toBe(rows.length);
  });

  test("CSV has a line for each, and a header", async () => {
    const csv = (await exported("csv")).toString();
    expect(csv.trimEnd().split("\r\n")).toHaveLength(planted() + 1);
  });

  test.skipIf(!hasPython())(
    "XLSX has a row for each, no formula, and the same ids as JSON (skipped: no python3 to read it with)",
    async () => {
      const path = join(folder, "violations.xlsx");
      writeFileSync(path, await exported("xlsx"));
      const script = join(process.cwd(), "test/report/read-workbook.py");
      const read: { sheets: (string | number | null)[][][]; formulas: number } = JSON.parse(
        execFileSync("python3", [script, path], { maxBuffer: 64 * 1_048_576 }).toString(),
      );
      const [rows = []] = read.sheets;
      expect(read.formulas).toBe(0);
      expect(rows[0]).toEqual(EXPORT_COLUMNS);
      const json: { resource_id: string }[] = JSON.parse((await exported("json")).toString());
      expect(rows.slice(1).map(([id]) => id)).toEqual(json.map((row) => row.resource_id));
    },
  );

  test("the model adds up to the truth, by account and by team [P3-METRIC-2]", async () => {
    const { report } = await sandboxed.app.generateReport({
      ...EVERYTHING,
      format: "json",
      sections: [],
      locale: "en-US",
    });
    const truths = CLOUDS.map((cloud) => sandboxed.sandbox.estate.truth(cloud));
    const compliant = truths.reduce((sum, truth) => sum + truth.compliant, 0);
    const violating = truths.reduce((sum, truth) => sum + truth.nonCompliant, 0);
    expect(report.counts).toMatchObject({ compliant, non_compliant: violating });
    expect(report.score).toBe(compliant / (compliant + violating));
    expect(report.violationCount).toBe(planted());
    expect(report.accounts.more + (report.teams?.groups.more ?? 1)).toBe(0);
    for (const groups of [report.accounts.shown, report.teams?.groups.shown ?? [], report.clouds])
      expect(groups.reduce((sum, { counts }) => sum + counts.non_compliant, 0)).toBe(violating);
    expect(report).toMatchObject({ spend: null, trend: { known: false, reason: "no_snapshots" } });
  });

  test("a repair promises what mending those resources would do", async () => {
    const { report } = await sandboxed.app.generateReport({
      ...EVERYTHING,
      format: "json",
      sections: ["recommendations"],
      locale: "en-US",
    });
    const rows: { resource_id: string; account: string; tag: string; severity: string }[] =
      JSON.parse((await exported("json")).toString());
    const errors = rows.filter(({ severity }) => severity === "error");
    const tagsOf = Map.groupBy(errors, ({ resource_id: id }) => id);
    expect(report.repairs.shown.length).toBeGreaterThan(0);
    for (const { account, tag, affected, repaired } of report.repairs.shown) {
      const mine = errors.filter((row) => row.account === account && row.tag === tag);
      const ids = [...new Set(mine.map(({ resource_id: id }) => id))];
      const sole = ids.filter((id) => tagsOf.get(id)?.every((row) => row.tag === tag));
      expect({ affected, repaired }).toEqual({ affected: ids.length, repaired: sole.length });
    }
  });

  test("a report that is handed out is read back by its id, and by no other", async () => {
    const kept = await sandboxed.app.keepExport({
      ...EVERYTHING,
      format: "json",
      columns: [],
      severity: "all",
    });
    const read = await sandboxed.app.readReport(kept.saved.id);
    expect("text" in read ? JSON.parse(read.text) : null).toHaveLength(kept.written.rowCount);
    await expect(sandboxed.app.readReport("../inventory.db")).rejects.toMatchObject({
      code: "not_found",
    });
    const reports = join(sandboxed.environment["TAG_COMPLIANCE_DATA_DIR"] ?? "", "reports");
    for (const file of readdirSync(reports))
      expect(statSync(join(reports, file)).mode & 0o777).toBe(0o600);
  });

  test("an empty scope has no score", async () => {
    const { file } = await sandboxed.app.generateReport({
      ...EVERYTHING,
      clouds: ["aws"],
      regions: ["sa-east-1"],
      resourceTypes: ["sqs:queue"],
      format: "markdown",
      sections: ["summary"],
      locale: "en-US",
    });
    expect(Buffer.from(file.bytes).toString()).toContain("**Score:** none");
  });

  test("with bills, money comes first and adds up to what was charged", {
    timeout: 120_000,
  }, async () => {
    const thisMonth = monthStart(new Date().toISOString().slice(0, 10));
    const month = { from: monthStart(thisMonth, -1), until: thisMonth };
    const bill = createBill(sandboxed.sandbox.estate);
    const path = await writeBillFile(bill, month, {
      path: join(folder, "bill"),
      format: "focus-csv-gz",
    });
    const { signal } = EVERYTHING;
    await sandboxed.app.importBills({
      paths: [path],
      format: "auto",
      source: "default",
      period: null,
      signal,
    });
    const { report } = await sandboxed.app.generateReport({
      ...EVERYTHING,
      format: "html",
      sections: [],
      locale: "en-US",
    });
    const charged = BigInt(
      bill.truth("azure", month, () => "all").get("all")?.effectiveMicros ?? 0,
    );
    const figures = report.allocation.known ? report.allocation.figures : [];
    const euros = figures.find(({ currency }) => currency === "EUR");
    expect(euros?.totalMicros).toBe(charged);
    expect(euros?.buckets.reduce((sum, { micros }) => sum + micros, 0n)).toBe(charged);
    for (const { currency, nonCompliantMicros } of report.spend?.currencies ?? []) {
      const parts = [report.accounts.shown, report.teams?.groups.shown ?? []].map((groups) =>
        groups
          .flatMap(({ spend }) => spend)
          .filter((part) => part.currency === currency)
          .reduce((sum, part) => sum + part.nonCompliantMicros, 0n),
      );
      expect(parts).toEqual([nonCompliantMicros, nonCompliantMicros]);
    }
  });
});
