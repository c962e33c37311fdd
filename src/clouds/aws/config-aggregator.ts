import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { forEachOf } from "./concurrent.ts";
import type { AwsSettings } from "./options.ts";
import type { SourceStatus } from "./sdk/config.ts";
import type { Caller, Sessions } from "./session.ts";
import { readToTheEnd } from "./sweep.ts";
import type { AwsTypeFacts } from "./types/native-type.ts";

/** The configured AWS Config aggregator, when it can be asked. */
export interface Aggregator {
  readonly name: string;
  /** Where its advanced queries are sent. */
  readonly account: string;
  readonly region: string;
  /** Did Config bring its copy of this account and Region up to date when it last tried? */
  isCurrent(account: string, region: string): boolean;
}

/** What the recorders of one account record. */
export interface Recorded {
  records(region: string, type: AwsTypeFacts): boolean;
}

/**
 * The aggregator and how current its sources are; null when none is configured, or it may not be asked.
 * @throws {AppError} `cancelled`
 */
export async function findAggregator(
  sessions: Sessions,
  { configAggregator, logger }: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): Promise<Aggregator | null> {
  if (configAggregator === undefined) return null;
  const { name, region, account = caller.account } = configAggregator;
  try {
    await sessions.open(account, signal);
    const target = { service: "config", account, region } as const;
    const pages = readToTheEnd(
      (token: string | undefined) =>
        sessions.calls.call(target, signal, (api, own) => api.sourcesStatus(name, token, own)),
      (status) => `${status.source}|${status.region}`,
    );
    const statuses = (await Array.fromAsync(pages)).flat();
    return { name, account, region, isCurrent: currencyOf(statuses) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    logger.warn("the AWS Config aggregator is not used", { ...error.details, code: error.code });
    return null;
  }
}

/** An account's own status counts; where it has none, the organization's. Every one must be a success. */
export function currencyOf(statuses: readonly SourceStatus[]): Aggregator["isCurrent"] {
  return (account, region) => {
    const here = statuses.filter((status) => status.region === region || status.region === "");
    const own = here.filter(({ source }) => source === account);
    const known = own.length > 0 ? own : here.filter(({ ofOrganization }) => ofOrganization);
    return known.length > 0 && known.every(({ succeeded }) => succeeded);
  };
}

/**
 * Types that Config calls otherwise than CloudFormation does. OpenSearch domains are recorded under two
 * names, one of which is no longer: they are left to their own service.
 */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  "AWS::CertificateManager::Certificate": "AWS::ACM::Certificate",
};

/** Type name in AWS Config; null for a type that is left to other sources. */
export function configTypeOf({ cloudFormation, global }: AwsTypeFacts): string | null {
  // Config records what has no Region in whichever Region the account has chosen for that.
  if (global || cloudFormation === undefined || cloudFormation === null) return null;
  return NAMED_OTHERWISE[cloudFormation] ?? cloudFormation;
}

interface Where {
  readonly account: string;
  /** Regions that may have to be read through the aggregator. */
  readonly regions: readonly string[];
  readonly logger: AwsSettings["logger"];
}

/**
 * What the account's recorders record, in Regions whose copy is current. A Region whose recorder is
 * stopped, failing or not to be seen is not trusted: an aggregator keeps answering with what it has.
 * @throws {AppError} `cancelled`
 */
export async function findRecorded(
  calls: AwsCalls,
  aggregator: Aggregator,
  { account, regions, logger }: Where,
  signal: AbortSignal,
): Promise<Recorded> {
  const byRegion = new Map<string, (type: string) => boolean>();
  const current = regions.filter((region) => aggregator.isCurrent(account, region));
  await forEachOf(current, async (region) => {
    const target = { service: "config", account, region } as const;
    try {
      const recorders = await calls.call(target, signal, (api, own) => api.recorders(own));
      if (recorders.length === 0) return;
      const working = await calls.call(target, signal, (api, own) => api.workingRecorders(own));
      const trusted = recorders.filter(({ name }) => working.has(name));
      byRegion.set(region, (type) => trusted.some((recorder) => recorder.records(type)));
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "cancelled") throw error;
      logger.info("AWS Config is not used in a Region", { ...error.details, code: error.code });
    }
  });
  return {
    records: (region, type) => {
      const name = configTypeOf(type);
      return name !== null && byRegion.get(region)?.(name) === true;
    },
  };
}
