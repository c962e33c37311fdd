import {
  AttachPolicyCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsOrgPolicies } from "../../src/clouds/aws/org-policies.ts";
import type { OrgPolicies } from "../../src/ports/org-policies.ts";
import { silent } from "./read-inventory.ts";
import { type MotoServer, motoMissing, setEnvironment, startMoto } from "./server.ts";

const signal = new AbortController().signal;

interface Seeded {
  readonly account: string;
  /** Policy ids of the root, the unit and the account. */
  readonly ids: readonly string[];
}

/** Root, one unit, one account in it; a policy on each, and two on the root. */
async function seed({ url }: MotoServer): Promise<Seeded> {
  const client = new OrganizationsClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });
  await client.send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const root = known((await client.send(new ListRootsCommand({}))).Roots?.[0]?.Id);
  await client.send(new EnablePolicyTypeCommand({ RootId: root, PolicyType: "TAG_POLICY" }));
  const unit = known(
    (await client.send(new CreateOrganizationalUnitCommand({ ParentId: root, Name: "Workloads" })))
      .OrganizationalUnit?.Id,
  );
  const account = known(
    (
      await client.send(
        new CreateAccountCommand({ AccountName: "shop", Email: "shop@example.com" }),
      )
    ).CreateAccountStatus?.AccountId,
  );
  await client.send(
    new MoveAccountCommand({
      AccountId: account,
      SourceParentId: root,
      DestinationParentId: unit,
    }),
  );
  const ids: string[] = [];
  for (const [at, [target, values]] of [
    [
      root,
      { "@@assign": ["root"], "@@operators_allowed_for_child_policies": ["@@append"] },
    ] as const,
    [root, { "@@assign": ["second"] }] as const,
    [unit, { "@@append": ["unit"] }] as const,
    [account, { "@@assign": ["locked out"], "@@append": ["account"] }] as const,
  ].entries()) {
    const policy = await client.send(
      new CreatePolicyCommand({
        Name: `policy-${at}`,
        Description: "",
        Type: "TAG_POLICY",
        Content: JSON.stringify({ tags: { Team: { tag_value: values } } }),
      }),
    );
    const id = known(policy.Policy?.PolicySummary?.Id);
    await client.send(new AttachPolicyCommand({ PolicyId: id, TargetId: target }));
    ids.push(id);
  }
  return { account, ids };
}

function known(id: string | undefined): string {
  if (id === undefined) throw new Error("moto gave no id");
  return id;
}

describe.skipIf(motoMissing !== undefined)(`tag policies from moto ${motoMissing ?? ""}`, () => {
  let moto: MotoServer;
  let restore: () => void;
  let policies: OrgPolicies;
  let seeded: Seeded;

  beforeAll(async () => {
    moto = await startMoto();
    restore = setEnvironment(moto.env);
    seeded = await seed(moto);
    policies = createAwsOrgPolicies({ logger: silent });
  }, 120_000);

  afterAll(async () => {
    await policies.close();
    restore();
    await moto.close();
  });

  test("lists what was created, and gives its content", async () => {
    const listed = await policies.list(signal);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(seeded.ids.toSorted());
    const [first = ""] = seeded.ids;
    expect((await policies.get(first, signal)).content).toContain('"root"');
  });

  test("what is attached on the way is found in order, and merged where AWS's answer is missing", async () => {
    const { levels, incomplete } = await policies.attachments(seeded.account, signal);
    expect(incomplete).toBeNull();
    expect(levels.map(({ kind }) => kind)).toEqual(["root", "unit", "account"]);
    expect(levels.flatMap((level) => level.policies.map(({ id }) => id))).toEqual(seeded.ids);
    expect(await policies.effective(seeded.account, signal)).toEqual({
      account: seeded.account,
      computedBy: "attachments",
      policyIds: seeded.ids,
      policy: { tags: { team: { tag_key: "team", tag_value: ["root", "unit", "account"] } } },
    });
  });
});
