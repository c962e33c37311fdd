import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";

/** An AWS Config aggregator, whose items are read where Resource Explorer has no index. */
export interface ConfigAggregator {
  readonly name: string;
  /** Region in which it was made. */
  readonly region: string;
  /** Account in which it was made. Default: the caller's own. */
  readonly account?: string | undefined;
}

export interface AwsProviderOptions {
  /** Region of identity and account-wide calls; any Region that is always enabled. Default `us-east-1`. */
  readonly homeRegion?: string | undefined;
  /** Regions to read, `global` included if wanted. Default and empty: every enabled Region and `global`. */
  readonly regions?: readonly string[] | undefined;
  /**
   * Accounts to read. Default and empty: the caller's own account, or with `roleName` every active
   * account of the organization.
   */
  readonly accounts?: readonly string[] | undefined;
  /** Role to assume in accounts that are not the caller's own: a name, with its path if it has one. */
  readonly roleName?: string | undefined;
  /** Sent with AssumeRole when the role's trust policy asks for one. */
  readonly externalId?: string | undefined;
  /** Requests on the wire at the same time, over all accounts and Regions. Default 128. */
  readonly maxInFlight?: number | undefined;
  /** Milliseconds until a silent request is cut. Default 30 000. */
  readonly callTimeoutMs?: number | undefined;
  /** Tell who changed tags, from CloudTrail. Default false. */
  readonly changeLog?: boolean | undefined;
  /** Default: none. */
  readonly configAggregator?: ConfigAggregator | undefined;
  readonly logger: Logger;
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
}

export interface AwsSettings {
  readonly homeRegion: string;
  readonly regions: readonly string[];
  readonly accounts: readonly string[];
  readonly roleName: string | undefined;
  readonly externalId: string | undefined;
  readonly maxInFlight: number;
  readonly callTimeoutMs: number;
  readonly changeLog: boolean;
  readonly configAggregator: ConfigAggregator | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function settingsFrom(options: AwsProviderOptions): AwsSettings {
  return {
    homeRegion: options.homeRegion ?? "us-east-1",
    regions: options.regions ?? [],
    accounts: options.accounts ?? [],
    roleName: options.roleName,
    externalId: options.externalId,
    maxInFlight: options.maxInFlight ?? 128,
    callTimeoutMs: options.callTimeoutMs ?? 30_000,
    changeLog: options.changeLog ?? false,
    configAggregator: options.configAggregator,
    logger: options.logger,
    clock: options.clock ?? { now: () => Date.now() },
  };
}
