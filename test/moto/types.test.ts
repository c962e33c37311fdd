import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsProvider } from "../../src/clouds/aws/provider.ts";
import { NATIVE_TYPES } from "../../src/clouds/aws/resource-types.ts";
import type { Resource } from "../../src/domain/resource.ts";
import type { CloudProvider } from "../../src/ports/cloud.ts";
import { readInventory, silent } from "./read-inventory.ts";
import { type MotoServer, motoMissing, setEnvironment, startMoto } from "./server.ts";
import { analyticsSeeds } from "./types/analytics.ts";
import { computeSeeds } from "./types/compute.ts";
import { dataSeeds } from "./types/data.ts";
import { ec2Seeds } from "./types/ec2.ts";
import { messagingSeeds } from "./types/messaging.ts";
import { networkSeeds } from "./types/network.ts";
import { securitySeeds } from "./types/security.ts";
import { REGION, type Seed, type Settings } from "./types/seed.ts";

/** Read in `inventory.test.ts`, in every state and Region. */
const ELSEWHERE = ["ec2:instance", "s3:bucket"];

/** What moto 5.2 cannot make or list, and why; `src/clouds/aws/types.test.ts` reads these from answers. */
const NOT_IN_MOTO: Readonly<Record<string, string>> = {
  "bedrock:agent": "its times are numbers, which the JavaScript SDK refuses",
  "bedrock:agent-alias": "no ListAgentAliases",
  "bedrock:custom-model": "made only by a training job",
  "bedrock:guardrail": "no ListGuardrails",
  "bedrock:knowledge-base": "its times are numbers, which the JavaScript SDK refuses",
  "bedrock:provisioned-model": "no ListProvisionedModelThroughputs",
  "codebuild:project": "projects have no tagging call",
  "cognito-identity:identitypool": "identity pools have no tagging call",
  "codepipeline:pipeline":
    "not in its GetResources, and a pipeline needs a role and an artifact store",
  "globalaccelerator:accelerator": "no Global Accelerator",
  "kafka:cluster": "its times are texts that the JavaScript SDK refuses",
  "redshift-serverless:namespace": "no Redshift Serverless",
  "redshift-serverless:workgroup": "no Redshift Serverless",
  "workspaces:workspace": "needs a directory of Directory Service",
};

const TAG = { key: "CostCenter", value: "Platform" };

const settings: Settings = {
  endpoint: "",
  region: REGION,
  credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
};

function seedsAt(endpoint: string): readonly Seed[] {
  const at = { ...settings, endpoint };
  return [
    ...ec2Seeds(at),
    ...dataSeeds(at),
    ...computeSeeds(at),
    ...networkSeeds(at),
    ...messagingSeeds(at),
    ...securitySeeds(at),
    ...analyticsSeeds(at),
  ];
}

const GLOBAL_TYPES = new Set(
  NATIVE_TYPES.filter(({ facts }) => facts.global).map(({ facts }) => facts.id),
);
/** Made clients send nothing, so the names of the cases are known before there is a server. */
const cases = seedsAt("http://127.0.0.1:1").map(({ type }) => type);

test("every native type is read here, elsewhere, or is named with the reason why not", () => {
  expect([...cases, ...ELSEWHERE, ...Object.keys(NOT_IN_MOTO)].toSorted()).toEqual(
    NATIVE_TYPES.map(({ facts }) => facts.id).toSorted(),
  );
});

describe.skipIf(motoMissing !== undefined)(`types in moto ${motoMissing ?? ""}`, () => {
  let moto: MotoServer;
  let restore: () => void;
  let aws: CloudProvider;

  beforeAll(async () => {
    moto = await startMoto();
    restore = setEnvironment(moto.env);
    aws = createAwsProvider({ logger: silent });
  }, 60_000);

  afterAll(async () => {
    await aws.close();
    restore();
    await moto.close();
  });

  test.each(cases)("%s: tagged, never tagged and previously tagged, each once", async (type) => {
    const seed = seedsAt(moto.url).find((one) => one.type === type);
    if (seed === undefined) throw new Error("no such seed");
    const made = await plant(seed);
    const region = GLOBAL_TYPES.has(type) ? "global" : REGION;
    const read = await readInventory(aws, { resourceTypes: [type], regions: [region] });
    expect(read.gaps).toEqual([]);
    expect(read.cells.map(({ failure, sees }) => [failure?.code, sees])).toEqual([
      [seed.tagsRefused === undefined ? undefined : "cloud_unsupported", "everything"],
    ]);
    const ids = read.resources.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const arns = new Set(made.map(({ arn }) => arn));
    const found = read.resources.filter(({ id }) => seed.hasDefaults !== true || arns.has(id));
    expect(found.map(summary).toSorted(byArn)).toEqual(
      made
        .map(({ arn, state }) => ({ arn, region, type, tags: tagsAsRead(seed, state) }))
        .toSorted(byArn),
    );
  });
});

type State = "tagged" | "never_tagged" | "previously_tagged";

/** One of each state that can be planted. */
async function plant(
  seed: Seed,
): Promise<readonly { readonly arn: string; readonly state: State }[]> {
  const { key, value } = TAG;
  const atOnce = seed.taggedWhenMade === true;
  const tagged = await seed.create("a-tagged", atOnce ? { [key]: value } : {});
  const never = await seed.create("b-never", {});
  const made = [
    { arn: tagged.arn, state: "tagged" },
    { arn: never.arn, state: "never_tagged" },
  ] as const;
  if (atOnce) return made;
  await seed.tag(tagged, key, value);
  const previously = await seed.create("c-previously", {});
  await seed.tag(previously, key, value);
  await seed.untag(previously, key);
  return [...made, { arn: previously.arn, state: "previously_tagged" }];
}

function tagsAsRead(seed: Seed, state: State): Resource["tags"] {
  if (seed.tagsRefused !== undefined) return null;
  return state === "tagged" && seed.tagsUnseen === undefined ? [TAG] : [];
}

type Summary = Pick<Resource, "region" | "type" | "tags"> & { readonly arn: string };

function summary({ id, region, type, tags }: Resource): Summary {
  return { arn: id, region, type, tags };
}

function byArn(a: { readonly arn: string }, b: { readonly arn: string }): number {
  return a.arn < b.arn ? -1 : 1;
}
