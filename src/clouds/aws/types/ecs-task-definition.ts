import { listedType } from "../listed-type.ts";

/** Active revisions of ECS task definitions. */
export const ecsTaskDefinition = listedType({
  id: "ecs:task-definition",
  category: "container",
  billable: false,
  readActions: ["ecs:ListTaskDefinitions"],
  cloudFormation: "AWS::ECS::TaskDefinition",
  terraform: "aws_ecs_task_definition",
  service: "ecs",
  list: (api) => api.taskDefinitions,
  tags: "tagging_api",
});
