import type { Cloud } from "../../src/domain/cloud.ts";
import type { Severity, Verdict, Violation } from "../../src/domain/compliance/violation.ts";
import type { Cell, CellOutcome, CellReason, CellStatus } from "../../src/domain/scan/cell.ts";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import type {
  InventoryStore,
  JudgedResource,
  NewScan,
  ScanRecord,
  ScanWriter,
  StoredViolation,
} from "../../src/ports/inventory.ts";

export const ACCOUNT = "111111111111";

export function cell(overrides: Partial<Cell> = {}): Cell {
  return {
    cloud: "aws",
    account: ACCOUNT,
    region: "us-east-1",
    resourceType: "ec2:instance",
    ...overrides,
  };
}

export interface Made {
  readonly cloud?: Cloud;
  readonly account?: string;
  readonly region?: string;
  readonly type?: string;
  readonly verdict?: Verdict;
  readonly violations?: readonly Violation[];
  readonly tags?: Readonly<Record<string, string>> | null;
}

export function judged(id: string, made: Made = {}): JudgedResource {
  const { violations = [], tags = {} } = made;
  const broken = violations.some((one) => one.severity === "error");
  return {
    resource: {
      cloud: made.cloud ?? "aws",
      account: made.account ?? ACCOUNT,
      region: made.region ?? "us-east-1",
      type: made.type ?? "ec2:instance",
      id,
      tags: tags === null ? null : Object.entries(tags).map(([key, value]) => ({ key, value })),
      createdAt: "2026-01-02T03:04:05.000Z",
    },
    judgement: { verdict: made.verdict ?? (broken ? "non_compliant" : "compliant"), violations },
  };
}

export function missing(tag: string, severity: Severity = "error"): Violation {
  return {
    kind: "missing_required_tag",
    tag,
    severity,
    expected: "a value",
    actual: null,
    suggestion: null,
    rule: `required_tags.${tag}`,
  };
}

export function outcome(of: Cell, status: CellStatus, reason: CellReason | null): CellOutcome {
  return { cell: of, status, reason, resources: 0 };
}

/** A clock that stands still until it is told to move. */
export function manualClock(startMs = 1_000_000): { now: () => number; advance(ms: number): void } {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

let scanCount = 0;

export function begin(
  store: InventoryStore,
  overrides: Partial<NewScan> = {},
): Promise<ScanWriter> {
  scanCount += 1;
  return store.beginScan({
    id: `scan_${scanCount}`,
    scope: EVERYTHING,
    startedAt: 1_000_000 + scanCount,
    policyHash: "policy",
    snapshot: false,
    ...overrides,
  });
}

/** Scans one cell from beginning to end. */
export async function scanCell(
  store: InventoryStore,
  page: readonly JudgedResource[],
  {
    status = "complete",
    reason = null,
    of = cell(),
    scope = EVERYTHING,
  }: {
    readonly status?: CellStatus;
    readonly reason?: CellReason | null;
    readonly of?: Cell;
    readonly scope?: Scope;
  } = {},
): Promise<ScanRecord> {
  const writer = await begin(store, { scope });
  await writer.saveResources(of, page);
  await writer.endCell({ cell: of, status, reason, resources: page.length });
  return writer.finish(status === "complete" ? "complete" : "partial");
}

/** Verdict counts over everything, without the zeros. */
export async function counts(
  store: InventoryStore,
  scope: Scope = EVERYTHING,
): Promise<Partial<Record<Verdict, number>>> {
  const sum: Partial<Record<Verdict, number>> = {};
  for (const { counts: some } of await store.breakdown({ scope, severities: [] }))
    for (const [verdict, count] of Object.entries(some) as [Verdict, number][])
      if (count > 0) sum[verdict] = (sum[verdict] ?? 0) + count;
  return sum;
}

/** Every violation, read page by page as a caller would. */
export async function allViolations(
  store: InventoryStore,
  { limit = 3, scope = EVERYTHING, severities = [] as readonly Severity[] } = {},
): Promise<readonly StoredViolation[]> {
  const all: StoredViolation[] = [];
  const positions = new Set<number>();
  let after: { readonly afterRow: number } | null = null;
  do {
    const page = await store.violations({ scope, severities }, { limit, after });
    if (page.violations.length > limit) throw new Error("A page is longer than its limit.");
    if (page.next !== null && page.violations.length < limit) throw new Error("A page has a hole.");
    if (page.next !== null && positions.has(page.next.afterRow)) throw new Error("Pages repeat.");
    if (page.next !== null) positions.add(page.next.afterRow);
    all.push(...page.violations);
    after = page.next;
  } while (after !== null);
  return all;
}
