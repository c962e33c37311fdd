import { listedType } from "../listed-type.ts";

/** Event buses, the default one included. */
export const eventsEventBus = listedType({
  id: "events:event-bus",
  category: "queue",
  billable: false,
  readActions: ["events:ListEventBuses"],
  cloudFormation: "AWS::Events::EventBus",
  terraform: "aws_cloudwatch_event_bus",
  service: "eventBridge",
  list: (api) => api.eventBuses,
  tags: "tagging_api",
});
