import { ListAccountsCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type TagPolicyApi, tagPolicyApi } from "./tag-policies.ts";

export interface OrganizationAccount {
  readonly id: string;
  /** `ACTIVE`, `SUSPENDED`, `PENDING_ACTIVATION`, `PENDING_CLOSURE`, `CLOSED`. */
  readonly state: string;
}

export interface OrganizationsApi extends TagPolicyApi {
  /** At most 20 accounts a page; an empty page may still have a token. */
  listAccounts(
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<{
    readonly accounts: readonly OrganizationAccount[];
    readonly next: string | undefined;
  }>;
}

export function connect(options: ConnectOptions): OrganizationsApi {
  const client = new OrganizationsClient(clientSettings(options));
  return {
    ...tagPolicyApi(client),
    listAccounts: async (token, signal) => {
      const answer = await client.send(new ListAccountsCommand({ NextToken: token }), {
        abortSignal: signal,
      });
      return {
        // `State` replaces `Status`, which AWS retires; older endpoints send only `Status`.
        accounts: (answer.Accounts ?? []).map((account) => ({
          id: account.Id ?? "",
          state: account.State ?? account.Status ?? "",
        })),
        next: answer.NextToken || undefined,
      };
    },
  };
}
