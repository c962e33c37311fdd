import { AppError } from "../../domain/errors.ts";
import type { Resource } from "../../domain/resource.ts";
import type { Doctor, PermissionCheck } from "../../ports/doctor.ts";
import { chooseAccounts } from "./accounts.ts";
import type { AwsCalls } from "./calls.ts";
import { forEachOf } from "./concurrent.ts";
import type { AwsSettings } from "./options.ts";
import { GLOBAL } from "./region-names.ts";
import { NATIVE_TYPES } from "./resource-types.ts";
import type { Caller, Sessions } from "./session.ts";
import { cloudControlTrial, configTrials } from "./rung-trials.ts";
import {
  type Finding,
  type NamedTrial,
  NOT_NEEDED,
  stronger,
  type Trial,
  tryRead,
} from "./trials.ts";
import type { NativeType } from "./types/native-type.ts";

/**
 * Tries every read that a scan makes, with its cheapest call, in the home Region. Accounts of an
 * organization have the same role, so all are tried for whether it can be assumed, and the reads in the
 * caller's own account and in the first other account that can be entered.
 */
export function createDoctor(sessions: Sessions, settings: AwsSettings): Doctor {
  return { checks: (signal) => checkAll(sessions, settings, signal) };
}

async function* checkAll(
  sessions: Sessions,
  settings: AwsSettings,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  const caller = await sessions.caller(signal);
  const { accounts, organization } = await findAccounts(sessions, settings, caller, signal);
  yield check(caller.account, LIST_ACCOUNTS, organization);
  const members = accounts.filter((account) => account !== caller.account);
  const entered: string[] = accounts.includes(caller.account) ? [caller.account] : [];
  const assumed = new Map<string, Finding>();
  await forEachOf(members, async (account) => {
    const trial: Trial = {
      actions: [ASSUME_ROLE.permission],
      run: async () => {
        await sessions.open(account, signal);
        return 1;
      },
    };
    const findings = await tryRead(trial, sessions.calls, signal);
    for (const finding of findings.values()) assumed.set(account, finding);
  });
  for (const [account, finding] of assumed) yield check(account, ASSUME_ROLE, finding);
  if (members.length === 0) yield check(caller.account, ASSUME_ROLE, NOT_NEEDED);
  const member = members.find((account) => assumed.get(account)?.state === "ok");
  if (member !== undefined) entered.push(member);
  for (const account of entered)
    yield* checkReads(sessions.calls, { ...caller, account }, settings, signal);
}

const LIST_ACCOUNTS = {
  permission: "organizations:ListAccounts",
  neededFor: "finding the accounts of the organization",
};
const ASSUME_ROLE = { permission: "sts:AssumeRole", neededFor: "reading other accounts" };

function check(
  account: string,
  { permission, neededFor }: Pick<PermissionCheck, "permission" | "neededFor">,
  finding: Finding,
): PermissionCheck {
  const remedy = `Allow the IAM action ${permission}.`;
  return { cloud: "aws", account, permission, neededFor, remedy, ...finding };
}

/** The accounts a scan would read, and what finding them proved. */
async function findAccounts(
  sessions: Sessions,
  settings: AwsSettings,
  caller: Caller,
  signal: AbortSignal,
): Promise<{ readonly accounts: readonly string[]; readonly organization: Finding }> {
  let accounts: readonly string[] = [caller.account];
  const needed = settings.roleName !== undefined && settings.accounts.length === 0;
  const trial: Trial = {
    actions: [LIST_ACCOUNTS.permission],
    run: async (calls) => {
      const own = { ...sessions, calls };
      const reach = chooseAccounts(own, settings, { caller, asked: [] }, signal);
      const found = await Array.fromAsync(reach);
      accounts = found.filter((account) => typeof account === "string");
      for (const unlisted of found) if (unlisted instanceof AppError) throw unlisted;
      return 1;
    },
  };
  const findings = await tryRead(trial, sessions.calls, signal);
  const organization = findings.get(LIST_ACCOUNTS.permission);
  return { accounts, organization: needed && organization ? organization : NOT_NEEDED };
}

/** Every read in one account; one check per action, whatever number of types needs it. */
async function* checkReads(
  calls: AwsCalls,
  where: Caller,
  settings: AwsSettings,
  signal: AbortSignal,
): AsyncGenerator<PermissionCheck> {
  const found = new Map<string, Finding>();
  const uses = new Map<string, string[]>();
  const trials = [
    ...generalTrials(where, settings),
    ...(settings.changeLog ? [changeLogTrial(where, settings)] : []),
    ...configTrials(where, settings),
    ...NATIVE_TYPES.map((type) => typeTrial(type, where, settings)),
  ];
  await forEachOf(trials, async (trial) => {
    for (const [action, finding] of await tryRead(trial, calls, signal)) {
      const spare = trial.fallbacks?.includes(action) === true && finding.state !== "missing";
      found.set(action, stronger(found.get(action), spare ? NOT_NEEDED : finding));
      uses.set(action, [...(uses.get(action) ?? []), trial.neededFor]);
    }
  });
  if (!settings.changeLog) yield check(where.account, LOOKUP, NOT_NEEDED);
  for (const [permission, finding] of found)
    yield check(
      where.account,
      { permission, neededFor: summary(uses.get(permission) ?? []) },
      finding,
    );
}

const USES_NAMED = 4;

function summary(uses: readonly string[]): string {
  return uses.length > USES_NAMED ? `${uses.length} kinds of reads` : uses.join(", ");
}

function generalTrials({ account }: Caller, { homeRegion }: AwsSettings): readonly NamedTrial[] {
  const at = <S extends "ec2" | "tagging">(service: S) => ({
    service,
    account,
    region: homeRegion,
  });
  return [
    {
      actions: ["ec2:DescribeRegions"],
      neededFor: "finding the Regions of an account",
      run: async (calls, signal) => {
        await calls.call(at("ec2"), signal, (api, own) => api.describeRegions(own));
        return 1;
      },
    },
    {
      actions: ["tag:GetResources"],
      neededFor: "tags of most types",
      run: async (calls, signal) => {
        await calls.call(at("tagging"), signal, (api, own) => api.getResources([], undefined, own));
        return 1;
      },
    },
    explorerTrial(account, homeRegion),
    supportedTypesTrial(account, homeRegion),
    cloudControlTrial(account, homeRegion),
  ];
}

const LOOKUP = { permission: "cloudtrail:LookupEvents", neededFor: "who changed tags" };

function changeLogTrial({ account }: Caller, { homeRegion, clock }: AwsSettings): NamedTrial {
  return {
    actions: [LOOKUP.permission],
    neededFor: LOOKUP.neededFor,
    run: async (calls, signal) => {
      const target = { service: "cloudTrail", account, region: homeRegion } as const;
      const query = { eventName: "TagResources", fromMs: clock.now() - 60_000, toMs: clock.now() };
      await calls.call(target, signal, (api, own) => api.lookupEvents(query, undefined, own));
      return 1;
    },
  };
}

/** Without an aggregator index with a default view there is nothing to ask further. */
function explorerTrial(account: string, homeRegion: string): NamedTrial {
  return {
    actions: [
      "resource-explorer-2:ListIndexes",
      "resource-explorer-2:GetDefaultView",
      "resource-explorer-2:GetView",
      "resource-explorer-2:ListResources",
    ],
    neededFor: "finding never-tagged resources of the types that Resource Explorer supports",
    run: async (calls, signal) => {
      const at = (region: string) => ({ service: "explorer", account, region }) as const;
      const indexes = await calls.call(at(homeRegion), signal, (api, own) =>
        api.listIndexes(undefined, own),
      );
      const home = indexes.rows.find(({ aggregator }) => aggregator)?.region;
      if (home === undefined) return 1;
      const arn = await calls.call(at(home), signal, (api, own) => api.getDefaultView(own));
      if (arn === undefined) return 2;
      const view = await calls.call(at(home), signal, (api, own) => api.getView(arn, own));
      const query = { view: view.arn, filter: "" };
      await calls.call(at(home), signal, (api, own) => api.listResources(query, undefined, own));
      return 4;
    },
  };
}

/** By itself, so that a refusal is its own: a scan of every type then ends partial, and only this helps. */
function supportedTypesTrial(account: string, homeRegion: string): NamedTrial {
  const target = { service: "explorer", account, region: homeRegion } as const;
  return {
    actions: ["resource-explorer-2:ListSupportedResourceTypes"],
    neededFor: "knowing which types Resource Explorer supports",
    run: async (calls, signal) => {
      await calls.call(target, signal, (api, own) => api.listSupportedTypes(undefined, own));
      return 1;
    },
  };
}

/** Where ListBuckets and the tagging API do their work, no bucket is asked by itself. */
const FALLBACKS = ["s3:GetBucketLocation", "s3:GetBucketTagging"];

function typeTrial(
  type: NativeType,
  { account, partition }: Caller,
  { homeRegion }: AwsSettings,
): NamedTrial {
  const { facts, accountWide } = type;
  return {
    actions: facts.readActions,
    neededFor: facts.id,
    fallbacks: FALLBACKS,
    run: async (calls, signal) => {
      const region = facts.global && !accountWide ? GLOBAL : homeRegion;
      const request = { calls, account, partition, region, within: undefined, signal };
      for await (const page of type.list(request))
        if (page.length > 0) return exercisedBy(page, facts.readActions);
      return 1;
    },
  };
}

/** A resource whose tags were read has needed every action; one with unknown tags, all but the last. */
function exercisedBy(page: readonly Resource[], actions: readonly string[]): number {
  return page.some(({ tags }) => tags !== null) ? actions.length : Math.max(1, actions.length - 1);
}
