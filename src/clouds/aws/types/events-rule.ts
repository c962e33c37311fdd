import { listedType } from "../listed-type.ts";

/** EventBridge rules, bus by bus, without those that AWS services manage. */
export const eventsRule = listedType({
  id: "events:rule",
  category: "queue",
  billable: false,
  readActions: ["events:ListEventBuses", "events:ListRules"],
  cloudFormation: "AWS::Events::Rule",
  terraform: "aws_cloudwatch_event_rule",
  service: "eventBridge",
  parents: (api) => api.eventBuses,
  list: (api, busArn) => api.rulesOf(busArn),
  tags: "tagging_api",
});
