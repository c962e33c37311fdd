import type { EstateResource } from "../estate/types.ts";
import { issuePageToken, readPageToken, takePage } from "./paging.ts";
import type { AwsCall } from "./service.ts";

/** One page of what the Region has of a type; undefined for a token of another list. */
export function pageOf(
  { world, account, region, cutShort, operation: list }: AwsCall,
  { type, token, limit }: { readonly type: string; readonly token: string; readonly limit: number },
):
  | { readonly resources: readonly EstateResource[]; readonly next: string | undefined }
  | undefined {
  const name = `${list} ${account} ${region}`;
  const from = token === "" ? undefined : readPageToken(name, token);
  if (token !== "" && from === undefined) return undefined;
  const { resources, next } = takePage(world.estate, {
    groups: world.groupsIn(account, region).filter((group) => group.type === type),
    from,
    limit: cutShort ? 1 : limit,
  });
  return { resources, next: next === undefined ? undefined : issuePageToken(name, next) };
}
