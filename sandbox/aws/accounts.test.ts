import {
  DescribeEffectivePolicyCommand,
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  ListAccountsCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  OrganizationsClient,
  paginateListAccounts,
} from "@aws-sdk/client-organizations";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../src/domain/errors.ts";
import { assumedRole } from "./assumed-role.ts";
import { startTestAws, type AwsTestSession } from "./test-session.ts";

let session: AwsTestSession;
let organizations: OrganizationsClient;
let sts: STSClient;
let member: string;
let sandbox: string;

beforeAll(async () => {
  session = await startTestAws({ resources: 30_000 });
  organizations = new OrganizationsClient(session.settings());
  sts = new STSClient(session.settings());
  const accounts = session.estate.accounts.filter(({ cloud }) => cloud === "aws");
  member = accounts.find(({ name }) => name.endsWith("-production"))?.id ?? "";
  sandbox = accounts.find(({ name }) => name.endsWith("-sandbox"))?.id ?? "";
});
afterAll(async () => {
  organizations.destroy();
  sts.destroy();
  await session.close();
});

describe("STS", () => {
  test("the base key is a user of the management account", async () => {
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: session.managementAccount,
      Arn: `arn:aws:iam::${session.managementAccount}:user/sandbox`,
    });
  });

  test("an assumed role is in its own account, for an hour unless asked otherwise", async () => {
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${member}:role/path/TagReader`,
        RoleSessionName: "audit",
      }),
    );
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${member}:assumed-role/TagReader/audit`);
    const leftMs = (Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(3_500_000);
    expect(leftMs).toBeLessThanOrEqual(3_600_000);
    const assumed = new STSClient(await assumedRole(session, member));
    expect(await assumed.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: member,
      Arn: `arn:aws:sts::${member}:assumed-role/TagReader/sandbox-test`,
    });
    assumed.destroy();
  });

  test("a role of a foreign account is denied", async () => {
    const command = new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::000000000000:role/TagReader",
      RoleSessionName: "audit",
    });
    await expect(sts.send(command)).rejects.toMatchObject({
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test.each([
    ["an unknown key", { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" }],
    ["a role's key without its token", { accessKeyId: "SANDBOXROLE", secretAccessKey: "x" }],
  ])("%s is not accepted", async (_, credentials) => {
    const api = new STSClient(session.settings({ credentials }));
    await expect(api.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    api.destroy();
  });
});

describe("Organizations", () => {
  test("lists every account, 20 a page", async () => {
    const pages = await Array.fromAsync(paginateListAccounts({ client: organizations }, {}));
    const accounts = pages.flatMap(({ Accounts = [] }) => Accounts);
    const expected = session.estate.accounts.filter(({ cloud }) => cloud === "aws");
    expect(expected.length).toBeGreaterThan(20);
    expect(pages.map(({ Accounts = [] }) => Accounts.length)).toEqual([20, expected.length - 20]);
    expect(accounts.map(({ Id, Name }) => [Id, Name])).toEqual(
      expected.map(({ id, name }) => [id, name]),
    );
    expect(new Set(accounts.map(({ State }) => State))).toEqual(new Set(["ACTIVE"]));
  });

  test("goes on from the token when asked for small pages", async () => {
    const first = await organizations.send(new ListAccountsCommand({ MaxResults: 2 }));
    const { NextToken } = first;
    const second = await organizations.send(new ListAccountsCommand({ MaxResults: 2, NextToken }));
    const ids = [...(first.Accounts ?? []), ...(second.Accounts ?? [])].map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(4);
    await expect(
      organizations.send(new ListAccountsCommand({ MaxResults: 21 })),
    ).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(
      organizations.send(new ListAccountsCommand({ NextToken: "nonsense" })),
    ).rejects.toMatchObject({ name: "InvalidInputException", Reason: "INVALID_NEXT_TOKEN" });
  });

  test("a member account may not list, but knows its organization", async () => {
    const api = new OrganizationsClient(await assumedRole(session, member));
    await expect(api.send(new ListAccountsCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    const { Organization } = await api.send(new DescribeOrganizationCommand({}));
    expect(Organization?.MasterAccountId).toBe(session.managementAccount);
    api.destroy();
  });

  test("the way from an account to the root", async () => {
    const parentOf = async (ChildId: string): Promise<string> => {
      const { Parents } = await organizations.send(new ListParentsCommand({ ChildId }));
      return Parents?.[0]?.Id ?? "";
    };
    const root = (await organizations.send(new ListRootsCommand({}))).Roots?.[0];
    expect(root?.PolicyTypes).toEqual([{ Type: "TAG_POLICY", Status: "ENABLED" }]);
    expect(await parentOf(session.managementAccount)).toBe(root?.Id);
    expect(await parentOf(await parentOf(member))).toBe(root?.Id);
    expect(await parentOf(sandbox)).not.toBe(await parentOf(member));
    await expect(parentOf("000000000000")).rejects.toMatchObject({
      name: "ChildNotFoundException",
    });
  });
});

describe("tag policies", () => {
  test("the default one is listed, attached to the root, and readable", async () => {
    const Filter = "TAG_POLICY" as const;
    const { Policies } = await organizations.send(new ListPoliciesCommand({ Filter }));
    const [policy] = Policies ?? [];
    const root = (await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.Id;
    const attached = await organizations.send(
      new ListPoliciesForTargetCommand({ Filter, TargetId: root }),
    );
    expect(attached.Policies).toEqual(Policies);
    const own = await organizations.send(
      new ListPoliciesForTargetCommand({ Filter, TargetId: member }),
    );
    expect(own.Policies).toEqual([]);
    const { Policy } = await organizations.send(
      new DescribePolicyCommand({ PolicyId: policy?.Id }),
    );
    expect(Object.keys(JSON.parse(Policy?.Content ?? "{}").tags)).toEqual([
      "CostCenter",
      "Owner",
      "Environment",
    ]);
  });

  test("an account's effective policy has no operators and lower-case keys", async () => {
    const { EffectivePolicy } = await organizations.send(
      new DescribeEffectivePolicyCommand({ PolicyType: "TAG_POLICY", TargetId: member }),
    );
    expect(EffectivePolicy?.TargetId).toBe(member);
    expect(JSON.parse(EffectivePolicy?.PolicyContent ?? "")).toMatchObject({
      tags: {
        costcenter: { tag_key: "CostCenter", enforced_for: ["ec2:instance", "s3:bucket"] },
        owner: { tag_key: "Owner", tag_value: ["*"] },
      },
    });
  });

  test("policies further down change what they inherit", async () => {
    const document = (values: object): string =>
      JSON.stringify({ tags: { Environment: { tag_value: values } } });
    const own = await startTestAws({
      resources: 300,
      tagPolicies: [
        {
          id: "p-root000001",
          name: "root",
          targets: ["r-sbx1"],
          content: document({ "@@assign": ["production", "test"] }),
        },
        {
          id: "p-ou00000001",
          name: "workloads",
          targets: ["ou-sbx1-workload"],
          content: document({ "@@append": ["pilot"], "@@remove": ["test"] }),
        },
      ],
    });
    const api = new OrganizationsClient(own.settings());
    const valuesFor = async (TargetId: string): Promise<unknown> => {
      const { EffectivePolicy } = await api.send(
        new DescribeEffectivePolicyCommand({ PolicyType: "TAG_POLICY", TargetId }),
      );
      return JSON.parse(EffectivePolicy?.PolicyContent ?? "").tags.environment.tag_value;
    };
    const ids = own.estate.accounts.filter(({ cloud }) => cloud === "aws").map(({ id }) => id);
    expect(await valuesFor(ids[0] ?? "")).toEqual(["production", "test"]);
    expect(await valuesFor(ids[1] ?? "")).toEqual(["production", "pilot"]);
    api.destroy();
    await own.close();
  });

  test("switched off, there is no effective policy", async () => {
    const off = await startTestAws({ resources: 300, tagPolicies: [] });
    const api = new OrganizationsClient(off.settings());
    await expect(
      api.send(new DescribeEffectivePolicyCommand({ PolicyType: "TAG_POLICY" })),
    ).rejects.toMatchObject({ name: "EffectivePolicyNotFoundException" });
    api.destroy();
    await off.close();
  });

  test("a member reads its own effective policy and no other; a root has none", async () => {
    const api = new OrganizationsClient(await assumedRole(session, member));
    const ask = (client: OrganizationsClient, TargetId?: string) =>
      client.send(new DescribeEffectivePolicyCommand({ PolicyType: "TAG_POLICY", TargetId }));
    expect((await ask(api)).EffectivePolicy?.TargetId).toBe(member);
    await expect(ask(api, sandbox)).rejects.toMatchObject({ name: "AccessDeniedException" });
    await expect(ask(organizations, "r-sbx1")).rejects.toMatchObject({
      name: "InvalidInputException",
      Reason: "TARGET_NOT_SUPPORTED",
    });
    api.destroy();
  });

  test("a document that the simulation cannot merge is refused at the start", async () => {
    const content = JSON.stringify({
      tags: { A: { tag_value: { "@@operators_allowed_for_child_policies": ["@@none"] } } },
    });
    const tagPolicies = [{ id: "p-locked0001", name: "locked", targets: [], content }];
    await expect(startTestAws({ resources: 300, tagPolicies })).rejects.toThrow(AppError);
  });
});
