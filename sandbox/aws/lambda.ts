import { z } from "zod";
import type { Link } from "../../src/domain/links.ts";
import type { EstateResource } from "../estate/types.ts";
import { COMMON_ERRORS } from "./empty-lists.ts";
import { pageOf } from "./list-page.ts";
import { failure, json } from "./protocol.ts";
import { type AwsService, operation } from "./service.ts";

/** The most that ListFunctions gives, whatever is asked for. */
const MOST_ITEMS = 50;
const listInput = z.object({
  Marker: z.string().default(""),
  MaxItems: z.coerce.number().int().min(1).max(10_000).default(MOST_ITEMS),
});

/** Lambda (2015-03-31): functions, with the network of those that are in one; the list has no tags. */
export const lambdaService: AwsService = {
  protocol: "rest-json",
  global: false,
  lists: new Set(["ListFunctions"]),
  read: ({ method, url }) => {
    if (method !== "GET" || !/^\/2015-03-31\/functions\/?$/.test(url.pathname)) return undefined;
    const input = Object.fromEntries(url.searchParams);
    return { operation: "ListFunctions", input, laterPage: (input["Marker"] ?? "") !== "" };
  },
  operations: {
    ListFunctions: operation(listInput, "InvalidParameterValueException", (input, call) => {
      const limit = Math.min(input.MaxItems, MOST_ITEMS);
      const page = pageOf(call, { type: "lambda:function", token: input.Marker, limit });
      if (page === undefined)
        return failure("InvalidParameterValueException", "Invalid continuation token");
      const { estate } = call.world;
      const Functions = page.resources.map((one) => functionOf(one, estate.linksOf(one)));
      return json({ Functions, ...(page.next && { NextMarker: page.next }) });
    }),
  },
  errors: COMMON_ERRORS,
};

function functionOf({ id, name }: EstateResource, links: readonly Link[]): object {
  const ids = (kind: Link["kind"]): readonly string[] =>
    links.flatMap((link) => (link.kind === kind ? [link.to] : []));
  const [VpcId] = ids("network");
  return {
    FunctionName: name,
    FunctionArn: id,
    // A function outside of networks has no such member.
    ...(VpcId === undefined
      ? {}
      : {
          VpcConfig: { VpcId, SubnetIds: ids("subnet"), SecurityGroupIds: ids("security_group") },
        }),
  };
}
