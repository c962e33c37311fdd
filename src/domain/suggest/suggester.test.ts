import { createHash } from "node:crypto";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEstate } from "../../../sandbox/estate/estate.ts";
import type { Estate } from "../../../sandbox/estate/types.ts";
import { CATALOGUE } from "../../compose.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Resource } from "../resource.ts";
import { calibrate, calibrationError } from "./calibration.ts";
import { nameWords } from "./features.ts";
import { evidenceText } from "./evidence-text.ts";
import { learnSuggester, type SuggestOptions, type TagAccuracy } from "./suggester.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const policy = (text: string): ReturnType<typeof parsePolicy>["document"] =>
  parsePolicy(text, { catalogue: CATALOGUE, atMs: 0, sha256 }).document;
const ALL: SuggestOptions = { tags: [], minConfidence: 0.7 };

const TEAMS = policy(`
version: "2.0"
required_tags:
  - name: Team
    allowed_values: [blue, green]
`);

/** Instances of two applications that belong to two teams, in one account. */
function instance(index: number, tags: Record<string, string>): Resource {
  const application = index % 2 === 0 ? "cart" : "ledger";
  return {
    cloud: "aws",
    account: "111111111111",
    region: "eu-west-1",
    type: "lambda:function",
    id: `arn:aws:lambda:eu-west-1:111111111111:function:${application}-worker-${index}`,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    createdAt: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString(),
  };
}

const taught = Array.from({ length: 200 }, (_, index) =>
  instance(index, { Team: index % 2 === 0 ? "blue" : "green" }),
);

describe("a suggestion", () => {
  const suggester = learnSuggester(TEAMS, taught);

  test("follows what resources of the same kind have, and says so", () => {
    const [suggestion] = suggester.suggest(instance(1001, {}), ALL);
    expect(suggestion).toMatchObject({ tag: "Team", key: "Team", value: "green" });
    expect(suggestion?.confidence).toBeGreaterThan(0.9);
    expect(suggestion?.evidence).toMatchObject({ agreeing: 100, of: 100 });
  });

  test("is never made in place of a value that is right", () => {
    expect(suggester.suggest(instance(1001, { Team: "blue" }), ALL)).toEqual([]);
  });

  test("is made in place of a wrong value, and is one the policy allows", () => {
    const [suggestion] = suggester.suggest(instance(1000, { Team: "purple" }), ALL);
    expect(suggestion?.value).toBe("blue");
  });

  test("is not made where nothing speaks for one", () => {
    const stranger = { ...instance(1, {}), account: "222222222222", id: "arn:aws:sqs:x:2:q" };
    expect(suggester.suggest({ ...stranger, type: "sqs:queue" }, ALL)).toEqual([]);
  });

  test("never comes from a part of a word", () => {
    const catalogue = learnSuggester(
      policy(`
version: "2.0"
required_tags:
  - name: Environment
    allowed_values: [production, development]
`),
      Array.from({ length: 200 }, (_, index) => ({
        ...instance(index, { Environment: index % 2 === 0 ? "production" : "development" }),
        id: `arn:aws:lambda:eu-west-1:111111111111:function:${index % 2 === 0 ? "prod" : "dev"}-x`,
      })),
    );
    const product = {
      ...instance(1000, {}),
      id: "arn:aws:lambda:eu-west-1:111111111111:function:product-catalog-developer",
    };
    expect(catalogue.suggest(product, ALL)).toEqual([]);
  });
});

test("words of a name are whole words; ids and numbers are none", () => {
  const words = (id: string, cloud: Resource["cloud"] = "aws"): readonly string[] =>
    nameWords({ ...instance(0, {}), cloud, id });
  expect(words("arn:aws:s3:::cart-orderFlow_eu1-9f8e7d6c-42")).toEqual([
    "cart",
    "order",
    "flow",
    "eu1",
  ]);
  expect(words("//storage.googleapis.com/some-bucket", "gcp")).toEqual(["some", "bucket"]);
});

describe("calibration", () => {
  const outcomes = fc.array(
    fc.record({ score: fc.double({ noNaN: true, min: -20, max: 20 }), right: fc.boolean() }),
    { minLength: 1, maxLength: 60 },
  );

  test("never falls with the score, and stays within 0 and 1", () => {
    fc.assert(
      fc.property(
        outcomes,
        fc.double({ noNaN: true }),
        fc.double({ noNaN: true }),
        (seen, a, b) => {
          const probability = calibrate(seen);
          const [low, high] = [probability(Math.min(a, b)), probability(Math.max(a, b))];
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThan(1);
        },
      ),
    );
  });

  test("keeps the share of right ones over all outcomes, but for the prior", () => {
    const seen = Array.from({ length: 4000 }, (_, index) => ({
      score: index / 4000,
      right: (index * 7919) % 4000 < index,
    }));
    const probability = calibrate(seen);
    const promised = seen.reduce((sum, { score }) => sum + probability(score), 0);
    const right = seen.filter((one) => one.right).length;
    expect(promised / right).toBeCloseTo(1, 1);
    const promises = seen.map(({ score, right: was }) => ({
      probability: probability(score),
      right: was,
    }));
    expect(calibrationError(promises)).toBeLessThan(0.02);
  });

  test("of nothing promises nothing", () => {
    expect(calibrate([])(3)).toBe(0);
    expect(calibrationError([])).toBeNull();
  });
});

describe("the back-test on the simulated company", () => {
  const estate = createEstate({ seed: 7, resources: 12_000 });
  const bare: readonly Resource[] = estate.groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, index) => estate.resource(group, index)),
  );
  const resources = bare.map((one) => withLinks(one, estate));
  const rules = policy(readFileSync("sandbox/policy.yaml", "utf8"));
  const { accuracy } = learnSuggester(rules, resources);

  test.each(accuracy)("$tag on $cloud with $hidden hidden beats both baselines", (one) => {
    expect(one.tested).toBeGreaterThan(200);
    expect(one.top1).toBeGreaterThan((one.majority ?? 1) + 0.1);
    expect(one.top1).toBeGreaterThanOrEqual(one.substring ?? 1);
    expect(one.accuracyWhenSure ?? 1).toBeGreaterThanOrEqual(0.8);
    // Of a few hundred; the bound of 0.05 is measured on a larger estate.
    expect(one.calibrationError).toBeLessThanOrEqual(0.08);
  });

  test("networks and groups give more of what is sure, and cost no accuracy", () => {
    const without = learnSuggester(rules, bare).accuracy;
    expect(mean(accuracy, "coverage")).toBeGreaterThan(mean(without, "coverage"));
    expect(mean(accuracy, "top1")).toBeGreaterThan(mean(without, "top1") - 0.005);
  });

  test("the evidence says which", () => {
    const suggester = learnSuggester(rules, resources);
    const untagged = resources.filter(({ tags }) => tags?.length === 0);
    const lines = untagged
      .flatMap((one) => suggester.suggest(one, ALL))
      .map(({ evidence }) => evidenceText(evidence));
    const told = lines.filter((line) => /^\d+ of \d+ resources in this security group$/.test(line));
    expect(told.length).toBeGreaterThan(10);
  });
});

/** As a read that tells of networks gives it. */
function withLinks(resource: Resource, estate: Estate): Resource {
  const links = estate.linksOf(resource);
  return links.length === 0 ? resource : { ...resource, links };
}

/** Of a share over all tested resources. */
function mean(accuracy: readonly TagAccuracy[], share: "top1" | "coverage"): number {
  const tested = accuracy.reduce((sum, one) => sum + one.tested, 0);
  return accuracy.reduce((sum, one) => sum + (one[share] ?? 0) * one.tested, 0) / tested;
}
