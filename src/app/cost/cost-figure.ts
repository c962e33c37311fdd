import type { Cloud } from "../../domain/cloud.ts";
import type { AllocationJudge } from "../../domain/cost/allocation.ts";
import type { CostGroup, CostKey, CostKeyFact, CostMethod } from "../../domain/cost/cost-line.ts";
import { type FirstStep, fixPointsOf, type SpendFix } from "../../domain/cost/fix-points.ts";
import {
  DIMENSION_OF,
  type GapGrouping,
  type GapRow,
  type GapSums,
  GapTally,
} from "../../domain/cost/gap.ts";
import { type Confidence, confidenceOf, type Unmeasurable } from "../../domain/cost/measurable.ts";
import { coverPath, type CoverPath } from "../../domain/cost/path-to-allocated.ts";
import { type BucketMicros, denominatorsOf } from "../../domain/cost/waterfall.ts";
import type { Micros } from "../../domain/money.ts";
import type { TagSet } from "../../domain/resource.ts";
import type { CostSource, MissingCost } from "../../ports/costs.ts";
import type { CostAnswer } from "./cost-answers.ts";

/** The waterfall of every cloud that one method answered for, in one currency. */
export interface CostFigure {
  readonly clouds: readonly Cloud[];
  readonly method: CostMethod;
  readonly metric: "effective" | "billed";
  readonly currency: string;
  readonly buckets: BucketMicros;
  /** Where set, `allocated` and the gaps cannot be told apart: only their sum means something. */
  readonly obstacle: Unmeasurable | null;
  readonly rows: readonly GapRow[];
  /** False: the source cannot break its figures down as asked, so there are no rows. */
  readonly grouped: boolean;
  readonly months: readonly GapRow[];
  readonly path: AllocationPath | null;
  /** What has to be done before a path can be found at all; no gain is known. */
  readonly first: readonly FirstStep[];
  readonly confidence: Confidence;
  /** Oldest data behind the figure: when its provider wrote it or, where that is not told, when it was read. */
  readonly asOfMs: number;
  /** False: `asOfMs` is when it was read; its data is older, and how much its provider does not say. */
  readonly ageTold: boolean;
  readonly estimated: boolean;
  readonly missing: readonly MissingCost[];
  readonly keys: readonly FigureKey[];
  readonly linesLeftOut: number;
  readonly lines: number;
  /** False: `no_resource_id` is part of `gap_missing_or_empty`, and exemptions by id are not seen. */
  readonly seesResources: boolean;
  readonly firstExemptionEndsMs: number | null;
}

/** What is known of a tag on the bill of one cloud. */
export interface FigureKey extends CostKeyFact {
  readonly cloud: Cloud;
  /** Spellings that the policy reads as the tag and this answer did not: spend under them counts as untagged. */
  readonly spellingsNotRead: readonly string[];
}

export interface AllocationPath extends CoverPath<SpendFix> {
  /** Share of taggable spend aimed at. */
  readonly target: number;
  readonly allocatedMicros: Micros;
  readonly taggableMicros: Micros;
}

export interface FigureOptions {
  readonly judge: AllocationJudge;
  readonly grouping: GapGrouping | null;
  readonly teamTag: string;
  readonly metric: "effective" | "billed";
  /** Null: no path. */
  readonly target: number | null;
}

/** Takes one source's groups. */
export interface FigurePart {
  take(groups: readonly CostGroup[]): void;
  /** As `GapTally.adopt`, of what was taken. */
  adopt(group: CostGroup, inventoryTags: TagSet): void;
  end(answer: CostAnswer, read: ReadKeys): void;
}

/** The keys that were asked for, and whether their answer can be measured. */
interface ReadKeys {
  readonly keys: readonly CostKey[];
  readonly obstacle: Unmeasurable | null;
}

interface EndedPart extends ReadKeys {
  readonly source: CostSource;
  readonly tally: GapTally;
  readonly answer: CostAnswer;
}

/**
 * Makes figures of what sources answered. Answers of one method whose keys are in the same state share a
 * figure; each has its own tally until it is known which, because that is only known at its end.
 */
export class FigureBuilder {
  readonly #options: FigureOptions;
  readonly #ended: EndedPart[] = [];

  constructor(options: FigureOptions) {
    this.#options = options;
  }

  begin(source: CostSource): FigurePart {
    const tally = new GapTally(this.#options);
    return {
      take: (groups) => {
        for (const group of groups) tally.add(group);
      },
      adopt: (group, inventoryTags) => tally.adopt(group, inventoryTags),
      end: (answer, read) => void this.#ended.push({ source, tally, answer, ...read }),
    };
  }

  /** Clouds whose bill has no charge at all, so that no figure speaks of them. */
  cloudsWithoutCharges(): readonly Cloud[] {
    return this.#ended
      .filter(({ tally }) => tally.sums().length === 0)
      .map(({ source }) => source.cloud);
  }

  figures(): readonly CostFigure[] {
    const parts = Map.groupBy(this.#ended, ({ answer, obstacle }) =>
      JSON.stringify([answer.facts.method, answer.facts.metric, obstacle]),
    );
    return [...parts.values()].flatMap((same) => this.#figuresOf(same));
  }

  #figuresOf(parts: readonly EndedPart[]): readonly CostFigure[] {
    const tally = new GapTally(this.#options);
    for (const part of parts) tally.absorb(part.tally);
    return tally.sums().map((sums) => this.#figure(sums, parts));
  }

  #figure(sums: GapSums, all: readonly EndedPart[]): CostFigure {
    const { grouping, metric } = this.#options;
    const parts = all.filter(({ source }) => sums.clouds.includes(source.cloud));
    const facts = parts.map(({ answer }) => answer.facts);
    const obstacle = parts[0]?.obstacle ?? null;
    const dimension = grouping === null ? null : DIMENSION_OF[grouping];
    const grouped = parts.every(
      ({ source }) => dimension === null || source.capabilities.dimensions.includes(dimension),
    );
    const missing = facts.flatMap((one) => one.missing);
    const linesLeftOut = facts.reduce((sum, one) => sum + one.linesLeftOut, 0);
    const keys = parts.flatMap(keysOf);
    const method = facts[0]?.method ?? "focus";
    return {
      clouds: sums.clouds,
      method,
      metric: facts.some((one) => one.metric === "billed") ? "billed" : metric,
      currency: sums.currency,
      buckets: sums.buckets,
      obstacle,
      rows: grouped ? sums.rows : [],
      grouped,
      months: sums.months,
      path: obstacle === null ? this.#path(sums) : null,
      first: obstacle?.reason === "key_inactive" ? activations(sums.clouds, obstacle.tags) : [],
      confidence: confidenceOf(method, {
        missing: missing.length,
        linesLeftOut,
        keyUnknown: keys.some(
          ({ tag, state }) => state === "unknown" && this.#options.judge.tags.includes(tag),
        ),
      }),
      asOfMs: Math.min(...parts.map(({ answer }) => answer.facts.asOfMs ?? answer.readAtMs)),
      ageTold: facts.every(({ asOfMs }) => asOfMs !== null),
      estimated: facts.some((one) => one.estimated),
      missing,
      keys,
      linesLeftOut,
      lines: sums.lines,
      seesResources: parts.every(({ source }) => source.capabilities.seesResources),
      firstExemptionEndsMs: sums.firstExemptionEndsMs,
    };
  }

  #path(sums: GapSums): AllocationPath | null {
    const { target } = this.#options;
    const { taggable } = denominatorsOf(sums.buckets);
    if (target === null || taggable <= 0n) return null;
    const { allocated } = sums.buckets;
    const wanted = (taggable * BigInt(Math.round(target * 1e6))) / 1_000_000n - allocated;
    const amounts = sums.cells.map(({ micros }) => micros);
    return {
      ...coverPath(amounts, fixPointsOf(sums), wanted),
      target,
      allocatedMicros: allocated,
      taggableMicros: taggable,
    };
  }
}

function keysOf({ source, answer, keys }: EndedPart): readonly FigureKey[] {
  return answer.facts.keys.map((fact) => {
    const asked = keys.find(({ tag }) => tag === fact.tag);
    const form = (key: string): string => (asked?.ignoreCase === true ? key.toLowerCase() : key);
    const read = new Set(fact.spellingsRead.map(form));
    const spellingsNotRead = asked?.spellings.filter((key) => !read.has(form(key))) ?? [];
    return { ...fact, cloud: source.cloud, spellingsNotRead };
  });
}

function activations(clouds: readonly Cloud[], tags: readonly string[]): readonly FirstStep[] {
  return clouds.flatMap((cloud) =>
    tags.map((tag) => ({ kind: "activate_key" as const, cloud, tag })),
  );
}
