import { listedType } from "../listed-type.ts";

/** State machines of Step Functions. */
export const stepFunctionsStateMachine = listedType({
  id: "states:stateMachine",
  category: "other",
  billable: true,
  readActions: ["states:ListStateMachines"],
  cloudFormation: "AWS::StepFunctions::StateMachine",
  terraform: "aws_sfn_state_machine",
  service: "states",
  list: (api) => api.stateMachines,
  tags: "tagging_api",
});
