import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { type ConnectOptions, clientSettings, readTags } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface IamApi {
  readonly roles: List;
  readonly users: List;
}

/**
 * ListRoles and ListUsers show no tags and the tagging API knows neither: this is the one call that
 * gives many at once, instead of one ListRoleTags a role. IAM may return fewer than asked for.
 */
const PAGE_SIZE = 1000;

export function connect(options: ConnectOptions): IamApi {
  const client = new IAMClient(clientSettings(options));
  return {
    roles: async (token, signal) => {
      const command = new GetAccountAuthorizationDetailsCommand({
        Filter: ["Role"],
        MaxItems: PAGE_SIZE,
        Marker: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(
        answer.RoleDetailList,
        answer.IsTruncated === true ? answer.Marker : undefined,
        (role) => ({ id: role.Arn, tags: readTags(role.Tags), createdAt: role.CreateDate }),
      );
    },
    users: async (token, signal) => {
      const command = new GetAccountAuthorizationDetailsCommand({
        Filter: ["User"],
        MaxItems: PAGE_SIZE,
        Marker: token,
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(
        answer.UserDetailList,
        answer.IsTruncated === true ? answer.Marker : undefined,
        (user) => ({ id: user.Arn, tags: readTags(user.Tags), createdAt: user.CreateDate }),
      );
    },
  };
}
