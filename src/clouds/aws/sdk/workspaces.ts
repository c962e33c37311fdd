import { DescribeWorkspacesCommand, WorkSpacesClient } from "@aws-sdk/client-workspaces";
import { linksTo } from "../../../domain/links.ts";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface WorkspacesApi {
  readonly workspaces: List;
}

const PAGE_SIZE = 25;
const GOING: ReadonlySet<string> = new Set(["TERMINATING", "TERMINATED"]);

export function connect(options: ConnectOptions): WorkspacesApi {
  const client = new WorkSpacesClient(clientSettings(options));
  return {
    workspaces: async (token, signal) => {
      const command = new DescribeWorkspacesCommand({ Limit: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Workspaces, answer.NextToken, (workspace) =>
        GOING.has(workspace.State ?? "")
          ? undefined
          : { id: workspace.WorkspaceId, ...linksTo({ subnet: workspace.SubnetId }) },
      );
    },
  };
}
