import type { AwsSettings } from "./options.ts";
import type { Caller } from "./session.ts";
import type { NamedTrial } from "./trials.ts";

/** What reading a configured AWS Config aggregator needs; no trial without one. */
export function configTrials(
  { account }: Caller,
  { configAggregator, homeRegion }: AwsSettings,
): readonly NamedTrial[] {
  if (configAggregator === undefined) return [];
  const { name, region } = configAggregator;
  const own = { service: "config", account, region: homeRegion } as const;
  const central = {
    service: "config",
    account: configAggregator.account ?? account,
    region,
  } as const;
  return [
    {
      actions: [
        "config:DescribeConfigurationAggregatorSourcesStatus",
        "config:SelectAggregateResourceConfig",
      ],
      neededFor: "reading the AWS Config aggregator",
      run: async (calls, signal) => {
        await calls.call(central, signal, (api, s) => api.sourcesStatus(name, undefined, s));
        const expression = "SELECT arn, awsRegion, resourceType, resourceId WHERE accountId = '0'";
        const query = { aggregator: name, expression };
        await calls.call(central, signal, (api, s) => api.select(query, undefined, s));
        return 2;
      },
    },
    {
      actions: [
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
      ],
      neededFor: "knowing what the AWS Config aggregator can be trusted with",
      run: async (calls, signal) => {
        await calls.call(own, signal, (api, s) => api.recorders(s));
        await calls.call(own, signal, (api, s) => api.workingRecorders(s));
        return 2;
      },
    },
  ];
}

/** A type whose own list is permitted for other reasons: what is refused is then Cloud Control's. */
const LISTED = "AWS::Logs::LogGroup";

/** Types that are named in a question; not tried further than an account's first resource. */
export function cloudControlTrial(account: string, homeRegion: string): NamedTrial {
  const target = { service: "cloudControl", account, region: homeRegion } as const;
  return {
    actions: ["cloudformation:ListResources", "cloudformation:GetResource"],
    neededFor: "types named in a question that have no list of their own",
    run: async (calls, signal) => {
      const page = await calls.call(target, signal, (api, s) => api.list(LISTED, undefined, s));
      const [first] = page.rows;
      if (first === undefined) return 1;
      await calls.call(target, signal, (api, s) => api.get(LISTED, first.identifier, s));
      return 2;
    },
  };
}
