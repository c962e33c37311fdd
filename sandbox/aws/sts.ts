import { z } from "zod";
import { issueCredentials, SECRET_ACCESS_KEY } from "./credentials.ts";
import { element, failure, xml, type WireResult } from "./protocol.ts";
import { operation, readForm, type AwsCall, type AwsService } from "./service.ts";

/** Security Token Service (2011-06-15). Any role of an account of the estate can be assumed. */
const assumeRoleInput = z.object({
  RoleArn: z.string().regex(/^arn:aws:iam::\d{12}:role\/.+$/),
  RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
  DurationSeconds: z.coerce.number().int().min(900).max(43_200).default(3_600),
});

function envelope(operationName: string, result: string): WireResult {
  return xml(
    `<${operationName}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operationName}Result>${result}</${operationName}Result><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></${operationName}Response>`,
  );
}

function assumeRole(
  input: z.output<typeof assumeRoleInput>,
  { world, caller }: AwsCall,
): WireResult {
  const [, , , , account = "", resource = ""] = input.RoleArn.split(":");
  const role = resource.slice("role/".length).split("/").at(-1) ?? "";
  if (!world.hasAccount(account))
    return failure(
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
      403,
    );
  const session = input.RoleSessionName;
  const { accessKeyId, sessionToken } = issueCredentials({ account, role, session });
  const expiration = new Date(Date.now() + input.DurationSeconds * 1000).toISOString();
  return envelope(
    "AssumeRole",
    `<AssumedRoleUser>${element("AssumedRoleId", `AROASANDBOXROLE:${session}`)}${element("Arn", `arn:aws:sts::${account}:assumed-role/${role}/${session}`)}</AssumedRoleUser>` +
      `<Credentials>${element("AccessKeyId", accessKeyId)}${element("SecretAccessKey", SECRET_ACCESS_KEY)}${element("SessionToken", sessionToken)}${element("Expiration", expiration)}</Credentials>`,
  );
}

export const stsService: AwsService = {
  protocol: "query",
  global: false,
  lists: new Set(),
  read: readForm,
  operations: {
    GetCallerIdentity: ({ caller }) =>
      envelope(
        "GetCallerIdentity",
        element("Arn", caller.arn) +
          element("UserId", caller.userId) +
          element("Account", caller.account),
      ),
    AssumeRole: operation(assumeRoleInput, "ValidationError", assumeRole),
  },
  errors: {
    throttle: failure("Throttling", "Rate exceeded"),
    deny: failure("AccessDenied", "The caller is not authorized to perform this operation.", 403),
    expire: failure("ExpiredToken", "The security token included in the request is expired", 403),
    expirePage: failure(
      "ExpiredToken",
      "The security token included in the request is expired",
      403,
    ),
    broken: failure("InternalFailure", "The request processing has failed.", 500),
    unknownCredentials: failure(
      "InvalidClientTokenId",
      "The security token included in the request is invalid.",
      403,
    ),
  },
};
