import type { CostGroup } from "../../src/domain/cost/cost-line.ts";
import type { CostReading } from "../../src/ports/costs.ts";

export const NEVER = new AbortController().signal;

/** All groups of an answer. */
export async function allGroups(
  reading: Pick<CostReading, "groups">,
): Promise<readonly CostGroup[]> {
  const groups: CostGroup[] = [];
  for await (const page of reading.groups) groups.push(...page);
  return groups;
}

/** Sums by whatever `keyOf` reads off a group; groups of the same key are added. */
export function sumsOf(
  groups: readonly CostGroup[],
  keyOf: (group: CostGroup) => string,
): Readonly<Record<string, { readonly effective: bigint; readonly billed: bigint }>> {
  const sums: Record<string, { effective: bigint; billed: bigint }> = {};
  for (const group of groups) {
    const sum = (sums[keyOf(group)] ??= { effective: 0n, billed: 0n });
    sum.effective += group.effectiveMicros;
    sum.billed += group.billedMicros ?? 0n;
  }
  return withoutZero(sums);
}

/** The same shape from the bill's own truth. */
export function truthOf(
  truth: ReadonlyMap<string, { readonly billedMicros: number; readonly effectiveMicros: number }>,
): ReturnType<typeof sumsOf> {
  return withoutZero(
    Object.fromEntries(
      [...truth].map(([key, { billedMicros, effectiveMicros }]) => [
        key,
        { effective: BigInt(effectiveMicros), billed: BigInt(billedMicros) },
      ]),
    ),
  );
}

function withoutZero(
  sums: Readonly<Record<string, { readonly effective: bigint; readonly billed: bigint }>>,
): ReturnType<typeof sumsOf> {
  return Object.fromEntries(
    Object.entries(sums).filter(([, { effective, billed }]) => effective !== 0n || billed !== 0n),
  );
}
