import { listedType, regionalArn } from "../listed-type.ts";

/** Virtual desktops. */
export const workspacesWorkspace = listedType({
  id: "workspaces:workspace",
  category: "virtual_machine",
  billable: true,
  readActions: ["workspaces:DescribeWorkspaces"],
  cloudFormation: "AWS::WorkSpaces::Workspace",
  terraform: "aws_workspaces_workspace",
  service: "workSpaces",
  list: (api) => api.workspaces,
  arn: regionalArn("workspaces", "workspace/"),
  tags: "tagging_api",
});
