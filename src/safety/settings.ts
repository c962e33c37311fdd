/** Limits of one caller. Windows begin with the first call. */
export interface BudgetLimits {
  readonly windowMs: number;
  readonly calls: number;
  /** Requests to the clouds. */
  readonly apiCalls: number;
  /** Millionths of a US dollar, spent on cloud requests that cost money. */
  readonly apiCostMicros: number;
  /** Unknown tools and arguments that are not valid. */
  readonly mistakes: number;
}

export interface LoopLimits {
  readonly windowMs: number;
  /** The call of this number with the same arguments is answered with what was answered before. */
  readonly repeats: number;
  /** After so many not even that. */
  readonly stopAfter: number;
}

export interface IntentSettings {
  /** `never`: nothing is ever asked. */
  readonly ask: "when_expensive" | "never";
  readonly maxResources: number;
  readonly maxSeconds: number;
  readonly maxCostDays: number;
  /** Millionths of a US dollar. */
  readonly maxApiCostMicros: number;
  /** How long a confirmation may be used. */
  readonly confirmWithinMs: number;
  /** Above so many resources a sample is offered first. */
  readonly sampleAboveResources: number;
}

export interface SafetySettings {
  readonly budget: BudgetLimits;
  readonly loops: LoopLimits;
  readonly intent: IntentSettings;
}
