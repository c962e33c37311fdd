import { DescribeInstancesCommand, DescribeRegionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListAccountsCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { ListResourcesCommand, ResourceExplorer2Client } from "@aws-sdk/client-resource-explorer-2";
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { FaultKind } from "../faults.ts";
import { assumedRole } from "./assumed-role.ts";
import { startTestAws, type AwsTestSession, type ClientSettings } from "./test-session.ts";

let session: AwsTestSession;
beforeAll(async () => {
  session = await startTestAws();
});
afterEach(() => session.faults.replace([]));
afterAll(() => session.close());

interface Listing {
  readonly items: number;
  readonly next: string | undefined;
}

/** One page of a list of each service, asked by the service's own SDK client. */
const LISTS: Readonly<
  Record<
    string,
    (settings: ClientSettings, token?: string, signal?: AbortSignal) => Promise<Listing>
  >
> = {
  tagging: async (settings, token, abortSignal) => {
    const client = new ResourceGroupsTaggingAPIClient(settings);
    const page = await client.send(
      new GetResourcesCommand({ ResourcesPerPage: 10, PaginationToken: token }),
      { ...(abortSignal && { abortSignal }) },
    );
    return { items: page.ResourceTagMappingList?.length ?? 0, next: page.PaginationToken };
  },
  "resource-explorer-2": async (settings, token, abortSignal) => {
    const client = new ResourceExplorer2Client(settings);
    const page = await client.send(new ListResourcesCommand({ MaxResults: 10, NextToken: token }), {
      ...(abortSignal && { abortSignal }),
    });
    return { items: page.Resources?.length ?? 0, next: page.NextToken };
  },
  organizations: async (settings, token, abortSignal) => {
    const client = new OrganizationsClient(settings);
    const page = await client.send(new ListAccountsCommand({ MaxResults: 3, NextToken: token }), {
      ...(abortSignal && { abortSignal }),
    });
    return { items: page.Accounts?.length ?? 0, next: page.NextToken };
  },
  ec2: async (settings, token, abortSignal) => {
    const client = new EC2Client(settings);
    const page = await client.send(
      new DescribeInstancesCommand({ MaxResults: 5, NextToken: token }),
      { ...(abortSignal && { abortSignal }) },
    );
    return { items: page.Reservations?.length ?? 0, next: page.NextToken };
  },
  s3: async (settings, token, abortSignal) => {
    const client = new S3Client(settings);
    const page = await client.send(
      new ListBucketsCommand({ MaxBuckets: 5, ContinuationToken: token }),
      { ...(abortSignal && { abortSignal }) },
    );
    return { items: page.Buckets?.length ?? 0, next: page.ContinuationToken };
  },
  sts: async (settings, _token, abortSignal) => {
    const client = new STSClient(settings);
    await client.send(new GetCallerIdentityCommand({}), { ...(abortSignal && { abortSignal }) });
    return { items: 1, next: undefined };
  },
};

const listOf = (service: string) => {
  const list = LISTS[service];
  if (list === undefined) throw new Error(`no list for ${service}`);
  return list;
};

/** Service, error code, HTTP status: from the services' API references and recorded answers. */
const FIRST_PAGE: readonly (readonly [FaultKind, string, string, number])[] = [
  ["throttle", "tagging", "ThrottledException", 400],
  ["throttle", "resource-explorer-2", "ThrottlingException", 429],
  ["throttle", "organizations", "TooManyRequestsException", 400],
  ["throttle", "ec2", "RequestLimitExceeded", 503],
  ["throttle", "s3", "SlowDown", 503],
  ["throttle", "sts", "Throttling", 400],
  ["deny", "tagging", "AccessDeniedException", 400],
  ["deny", "resource-explorer-2", "AccessDeniedException", 403],
  ["deny", "organizations", "AccessDeniedException", 400],
  ["deny", "ec2", "UnauthorizedOperation", 403],
  ["deny", "s3", "AccessDenied", 403],
  ["deny", "sts", "AccessDenied", 403],
  ["expire", "tagging", "ExpiredTokenException", 400],
  ["expire", "resource-explorer-2", "ExpiredTokenException", 403],
  ["expire", "organizations", "ExpiredTokenException", 400],
  ["expire", "ec2", "RequestExpired", 400],
  ["expire", "s3", "ExpiredToken", 400],
  ["expire", "sts", "ExpiredToken", 403],
  ["partial", "sts", "InternalFailure", 500],
];

describe("on the first page", () => {
  test.each(FIRST_PAGE)("%s on %s is %s (%i)", async (kind, service, name, httpStatusCode) => {
    session.faults.replace([{ kind, cloud: "aws", service }]);
    await expect(listOf(service)(session.settings())).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode },
    });
  });

  test.each(Object.keys(LISTS))(
    "hang on %s answers nothing until the caller gives up",
    async (service) => {
      session.faults.replace([{ kind: "hang", cloud: "aws", service }]);
      const signal = AbortSignal.timeout(150);
      await expect(listOf(service)(session.settings(), undefined, signal)).rejects.toMatchObject({
        name: "AbortError",
      });
    },
  );
});

const LATER_PAGE: readonly (readonly [FaultKind, string, string])[] = [
  ["expire", "tagging", "PaginationTokenExpiredException"],
  ["expire", "resource-explorer-2", "ValidationException"],
  ["expire", "organizations", "InvalidInputException"],
  ["expire", "ec2", "InvalidNextToken"],
  ["expire", "s3", "InvalidArgument"],
  ["partial", "tagging", "InternalServiceException"],
  ["partial", "resource-explorer-2", "InternalServerException"],
  ["partial", "organizations", "ServiceException"],
  ["partial", "ec2", "InternalError"],
  ["partial", "s3", "InternalError"],
];

describe("on a later page", () => {
  test.each(LATER_PAGE)("%s on %s is %s", async (kind, service, name) => {
    const list = listOf(service);
    const after = kind === "expire" ? 1 : 0;
    session.faults.replace([{ kind, cloud: "aws", service, after }]);
    const first = await list(session.settings());
    expect(first.items).toBeGreaterThan(0);
    expect(first.next).toBeTruthy();
    await expect(list(session.settings(), first.next)).rejects.toMatchObject({ name });
  });
});

describe("scope of a fault", () => {
  test("a fault on one account and Region leaves the others alone", async () => {
    const [, other] = session.estate.accounts;
    session.faults.replace([
      { kind: "deny", service: "tagging", account: session.managementAccount, region: "eu-west-1" },
    ]);
    const list = listOf("tagging");
    await expect(list(session.settings({ region: "eu-west-1" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    expect((await list(session.settings())).items).toBeGreaterThan(0);
    const elsewhere = await assumedRole(session, other?.id ?? "", "eu-west-1");
    expect((await list(elsewhere)).items).toBeGreaterThan(0);
  });

  test("the SDK's own retries get past a fault that ends", async () => {
    session.faults.replace([{ kind: "throttle", service: "tagging", times: 1 }]);
    const client = new ResourceGroupsTaggingAPIClient({ ...session.settings(), maxAttempts: 3 });
    const { $metadata } = await client.send(new GetResourcesCommand({}));
    expect($metadata.attempts).toBe(2);
    client.destroy();
  });

  test("every understood call is told, with its account and Region", async () => {
    const before = session.calls.length;
    await listOf("tagging")(session.settings({ region: "eu-west-1" }));
    expect(session.calls.slice(before)).toEqual([
      {
        cloud: "aws",
        service: "tagging",
        operation: "GetResources",
        account: session.managementAccount,
        region: "eu-west-1",
      },
    ]);
  });
});

/** What a Region says that the account never enabled: the same as to unknown credentials. */
const DISABLED_REGION = [
  ["tagging", "UnrecognizedClientException"],
  ["resource-explorer-2", "UnrecognizedClientException"],
  ["ec2", "AuthFailure"],
  ["sts", "InvalidClientTokenId"],
  ["s3", "InvalidAccessKeyId"],
] as const;

describe("credentials and Regions", () => {
  test.each(DISABLED_REGION)("%s in a Region that is off answers %s", async (service, name) => {
    await expect(listOf(service)(session.settings({ region: "me-south-1" }))).rejects.toMatchObject(
      { name },
    );
  });

  test.each(DISABLED_REGION)("%s answers unknown credentials with %s", async (service, name) => {
    const credentials = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" };
    await expect(listOf(service)(session.settings({ credentials }))).rejects.toMatchObject({
      name,
    });
  });
});

describe("rate", () => {
  test("each account, Region and service has a bucket of its own", async () => {
    const limited = await startTestAws({ resources: 300, ratePerSecond: 2 });
    const ask = async (region: string): Promise<string> => {
      try {
        await listOf("tagging")(limited.settings({ region }));
        return "answered";
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      }
    };
    const here = await Promise.all(Array.from({ length: 20 }, () => ask("us-east-1")));
    expect(here).toContain("answered");
    expect(here).toContain("ThrottledException");
    expect(await ask("eu-west-1")).toBe("answered");
    const ec2 = new EC2Client(limited.settings());
    expect((await ec2.send(new DescribeRegionsCommand({}))).Regions).toHaveLength(17);
    ec2.destroy();
    await limited.close();
  });
});
