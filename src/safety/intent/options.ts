import type { Breakdown } from "../../ports/inventory.ts";
import type { IntentSettings } from "../settings.ts";
import { countOf, type ScanEstimate } from "./scan-estimate.ts";

/** Arguments that a choice changes. */
export type Patch = Readonly<Record<string, unknown>>;

/** One way to go on, with what it costs. */
export interface Option {
  /** `sample`, `stored`, `largest_part`, `everything`. */
  readonly value: string;
  readonly label: string;
  readonly arguments: Patch;
  readonly estimatedResources: number;
  /** Null: not known. */
  readonly estimatedSeconds: number | null;
  readonly requiresApproval: boolean;
}

/** A question that an answer settles. The most expensive comes first. */
export interface Ambiguity {
  /** Arguments it is about. */
  readonly parameter: string;
  readonly question: string;
  readonly options: readonly Option[];
}

/** Longest age that tools accept, in minutes. */
const ANY_AGE_MINUTES = 43_200;

/** What a caller could have meant, by what it would cost. */
export function ambiguities(
  estimate: ScanEstimate,
  settings: IntentSettings,
): readonly Ambiguity[] {
  const everything = everythingOption(estimate);
  const stored = storedOption(estimate);
  const scope: Ambiguity = {
    parameter: "accounts, regions, resource_types",
    question: "Which resources are to be read?",
    options: [
      ...sampleOptions(estimate, settings),
      ...largestPartOptions(estimate, settings),
      everything,
    ],
  };
  return stored === null
    ? [scope]
    : [
        scope,
        {
          parameter: "max_age_minutes",
          question: "How old may the answer be?",
          options: [stored, everything],
        },
      ];
}

export function everythingOption(estimate: ScanEstimate): Option {
  return {
    value: "everything",
    label: "Read all of it now",
    arguments: {},
    estimatedResources: estimate.resources ?? 0,
    estimatedSeconds: estimate.seconds,
    requiresApproval: true,
  };
}

/** What is stored is free; null when nothing is. */
export function storedOption({ storedAgeMinutes }: ScanEstimate): Option | null {
  if (storedAgeMinutes === null || storedAgeMinutes > ANY_AGE_MINUTES) return null;
  return {
    value: "stored",
    label: `Answer from data that is ${ageText(storedAgeMinutes)} old`,
    arguments: { max_age_minutes: ANY_AGE_MINUTES, refresh: false },
    estimatedResources: 0,
    estimatedSeconds: 0,
    requiresApproval: false,
  };
}

/** The largest single place that needs no approval: many resources, quickly read. */
function sampleOptions(estimate: ScanEstimate, settings: IntentSettings): readonly Option[] {
  if ((estimate.resources ?? 0) <= settings.sampleAboveResources) return [];
  const [best] = estimate.places
    .filter((place) => countOf([place]) <= settings.maxResources && countOf([place]) > 0)
    .toSorted((a, b) => countOf([b]) - countOf([a]));
  if (best === undefined) return [];
  return [
    partOption("sample", "Read a sample first: one place", { estimate, part: [best], settings }),
  ];
}

/** The type that has most of the resources, everywhere: what one often means by "our resources". */
function largestPartOptions(estimate: ScanEstimate, settings: IntentSettings): readonly Option[] {
  const byType = Map.groupBy(
    estimate.places,
    ({ cloud, resourceType }) => `${cloud} ${resourceType}`,
  );
  const [part] = [...byType.values()].toSorted((a, b) => countOf(b) - countOf(a));
  if (part === undefined || byType.size < 2) return [];
  const whole = { estimate, part, settings, wide: true };
  return [partOption("largest_part", "Read the most common type only", whole)];
}

interface Part {
  readonly estimate: ScanEstimate;
  readonly part: readonly Breakdown[];
  readonly settings: IntentSettings;
  /** In every account and region. */
  readonly wide?: boolean;
}

function partOption(
  value: string,
  label: string,
  { estimate, part, settings, wide }: Part,
): Option {
  const [first] = part;
  const resources = countOf(part);
  const { seconds, resources: all } = estimate;
  return {
    value,
    label,
    arguments: {
      cloud_provider: first?.cloud,
      resource_types: [first?.resourceType],
      ...(wide === true ? {} : { accounts: [first?.account], regions: [first?.region] }),
    },
    estimatedResources: resources,
    estimatedSeconds: seconds === null || all === null ? null : (seconds * resources) / all,
    requiresApproval: resources > settings.maxResources,
  };
}

/**
 * What a caller may wish to have known before: from what is stored, in our own words and numbers.
 */
export function regrets({
  places,
  everywhere,
  answersFrom,
  storedAgeMinutes,
  seconds,
}: ScanEstimate): readonly string[] {
  const failing = (all: readonly Breakdown[]): number =>
    all.reduce((sum, { counts }) => sum + counts.non_compliant, 0);
  const known = failing(everywhere);
  const outside = known - failing(places);
  const found: string[] = [];
  if (known > 0 && outside / known >= 0.2)
    found.push(
      `${Math.round((100 * outside) / known)} % of the ${known} resources known to break the policy are outside this scope.`,
    );
  if (answersFrom === "stored" && storedAgeMinutes !== null && storedAgeMinutes >= 60)
    found.push(
      `The answer would be ${ageText(storedAgeMinutes)} old; changes since are not in it.`,
    );
  if (answersFrom === "clouds" && seconds !== null && seconds > 60)
    found.push(`It takes about ${durationText(seconds)}; many clients stop waiting after 60 s.`);
  return found;
}

export function ageText(minutes: number): string {
  if (minutes < 90) return `${Math.round(minutes)} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

export function durationText(seconds: number | null): string {
  if (seconds === null) return "unknown";
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
