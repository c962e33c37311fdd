import { describe, expect, test } from "vitest";
import { applyPatches, patchLines } from "../../src/domain/compliance/consistency/policy-patch.ts";
import { parsePolicy } from "../../src/domain/policy/parse.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";
import { plantedEstate, POLICY } from "./estate.ts";
import { HELD_OUT } from "./held-out.ts";
import { findingsOf, measureQuality, variantPairs } from "./measure.ts";
import { PLAN } from "./planted.ts";

const RESOURCES = 6_000;
const SEEDS = Array.from({ length: 20 }, (_, at) => at + 1);
const BAR = 0.95;

const parse = (text: string): ReturnType<typeof parsePolicy> =>
  parsePolicy(text, { catalogue: createCatalogue([]), atMs: 0, sha256: (of) => of.slice(0, 8) });

describe("spellings of one meaning against look-alikes [P3-SERVER-4]", () => {
  test("40 variants and 40 look-alikes: precision and recall at least 0.95 on each of 20 seeds", () => {
    expect(PLAN.variants).toHaveLength(40);
    expect(PLAN.lookAlikes).toHaveLength(40);
    const { min, mean } = measureQuality(PLAN, { seeds: SEEDS, resources: RESOURCES });
    expect(min.precision).toBeGreaterThanOrEqual(BAR);
    expect(min.recall).toBeGreaterThanOrEqual(BAR);
    // Guards the figures in docs/cross-cloud-consistency.md.
    expect(mean.precision).toBeGreaterThanOrEqual(0.995);
    expect(mean.recall).toBeGreaterThanOrEqual(0.99);
  });

  test("another company with other words: precision on each seed, recall on average", () => {
    const { min, mean } = measureQuality(HELD_OUT, { seeds: SEEDS, resources: RESOURCES });
    expect(min.precision).toBeGreaterThanOrEqual(BAR);
    expect(mean.recall).toBeGreaterThanOrEqual(BAR);
  });

  test("with too little evidence it stays silent rather than guessing", () => {
    const { min } = measureQuality(PLAN, { seeds: SEEDS, resources: 1_000 });
    expect(min.precision).toBeGreaterThanOrEqual(0.9);
  });

  test("no look-alike is merged with any key when nothing was misspelt", () => {
    const plan = { ...PLAN, variants: [] };
    for (const seed of SEEDS)
      expect([...variantPairs(findingsOf(plantedEstate(seed, RESOURCES, plan)))]).toEqual([]);
  });
});

describe("the policy lines", () => {
  test.each(SEEDS.slice(0, 5))("settle every spelling found, seed %i", (seed) => {
    const found = findingsOf(plantedEstate(seed, RESOURCES));
    const patches = found.flatMap(({ patch }) => patch ?? []);
    const patched = applyPatches(POLICY, patches);
    const { document, lint } = parse(JSON.stringify(patched));
    expect(lint.filter(({ severity }) => severity === "error")).toEqual([]);
    const after = findingsOf(plantedEstate(seed, RESOURCES), { policy: document });
    expect(after.filter(({ kind }) => kind === "key_variant")).toEqual([]);
    const known = after.filter(({ kind }) => kind === "known_alias");
    expect(known.length).toBeGreaterThanOrEqual(variantPairs(found).size);
    expect(after.some(({ patch }) => patch !== null)).toBe(false);
  });

  test("are a policy that parses, with the aliases that stand already", () => {
    const policy = parse(
      `version: "2.0"\nrequired_tags:\n  - name: Owner\n    aliases: [keeper]\n  - name: Environment\n`,
    ).document;
    const rule = "required_tags[0]";
    const lines = patchLines(policy, [
      { tag: "Owner", rule, aliases: ["owned: by #1"], valueMap: {} },
      { tag: "Owner", rule, aliases: [], valueMap: { gcp: { "A B": "a_b" } } },
      { tag: "Projekt", rule: null, aliases: ["proj"], valueMap: {} },
    ]);
    const { required_tags, optional_tags } = parse(`version: "2.0"\n${lines}`).document;
    expect(required_tags).toMatchObject([
      { name: "Owner", aliases: ["keeper", "owned: by #1"], value_map: { gcp: { "A B": "a_b" } } },
    ]);
    expect(required_tags).toHaveLength(1);
    expect(optional_tags).toMatchObject([{ name: "Projekt", aliases: ["proj"] }]);
  });
});
