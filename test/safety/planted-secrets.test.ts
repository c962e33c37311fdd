import { generateKeyPairSync } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { runCommand, startProcess, toolCall } from "./product-process.ts";

/**
 * Secrets are planted wherever the product takes one. It works with them, fails with them, and is told them
 * by mistake; nothing it writes anywhere holds one of them.
 */
const SECRETS = {
  "AWS secret key": "plantedAws+Secret/k3y",
  "AWS session token": "plantedAwsSession==t0ken",
  "AWS secret key in a file": "plantedAwsFile/s3cret",
  "Azure client secret": "planted~Azure.cl13nt",
  "password in the storage URL": "plantedStorage@pw:1",
  "password of Redis": "planted-redis-pw-77",
  "key of the audit log": "planted-audit-key-31",
  "secret as an argument": "AKIAPLANTEDPLANTED77",
  "password as an argument": "planted-argument-pw",
} as const;
const KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
});
const CLOSED = "127.0.0.1:1";
const UUID = "11111111-2222-4333-8444-555555555555";

/** A secret as it may stand in texts: as it is, in a URL, in Base64, and lines of a key. */
function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
}
const PLANTED: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(SECRETS).map(([name, secret]) => [name, formsOf(secret)] as const),
  ["GCP private key", String(KEY).split("\n").slice(1, 4)],
];

/** The secrets that a text holds, each with what stands around it. */
function leaksIn(text: string): readonly string[] {
  return PLANTED.flatMap(([name, forms]) =>
    forms
      .map((form) => text.indexOf(form))
      .filter((at) => at >= 0)
      .map((at) => `${name}: ${text.slice(Math.max(0, at - 200), at + 100)}`),
  );
}

/** Everything in files below a folder, the database's bytes included. */
function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox({ estate: { seed: 7, resources: 300 } });
  folder = mkdtempSync(join(tmpdir(), "planted-"));
  mkdirSync(join(folder, "in"));
  writeFileSync(
    join(folder, "in/aws"),
    `[default]\naws_access_key_id = SANDBOXMANAGEMENTKEY\naws_secret_access_key = ${SECRETS["AWS secret key in a file"]}\n`,
  );
  const gcpKey = {
    type: "service_account",
    project_id: "p",
    private_key_id: "1",
    private_key: KEY,
    client_email: "a@p.iam.gserviceaccount.com",
    token_uri: `http://${CLOSED}/token`,
  };
  writeFileSync(join(folder, "in/gcp.json"), JSON.stringify(gcpKey));
  const password = encodeURIComponent(SECRETS["password in the storage URL"]);
  writeFileSync(join(folder, "in/storage"), `postgres://me:${password}@${CLOSED}/db`);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Place {
  readonly dataDir: string;
  readonly environment: Record<string, string>;
}

/** A configuration that stands apart from what the product writes. */
function configure(name: string, config: object, more: Record<string, string> = {}): Place {
  const dataDir = join(folder, name);
  const configFile = join(folder, `in/${name}.yaml`);
  mkdirSync(dataDir);
  writeFileSync(configFile, JSON.stringify({ log: { level: "debug" }, ...config }));
  const environment = {
    ...sandbox.env,
    HOME: dataDir,
    TAG_COMPLIANCE_CONFIG: configFile,
    TAG_COMPLIANCE_DATA_DIR: dataDir,
    PLANTED_AZURE: SECRETS["Azure client secret"],
    PLANTED_REDIS: SECRETS["password of Redis"],
    PLANTED_AUDIT: SECRETS["key of the audit log"],
    AWS_SECRET_ACCESS_KEY: SECRETS["AWS secret key"],
    ...more,
  };
  return { dataDir, environment };
}

const COMMANDS: readonly (readonly string[])[] = [
  ["config", "show"],
  ["config", "show", "--json"],
  ["config", "check"],
  ["scan"],
  ["scan", "--json"],
  ["doctor", "aws"],
  ["doctor", "azure"],
  ["doctor", "gcp"],
  ["policy", "show"],
  ["db", "migrate"],
  ["audit", "verify"],
  ["audit", "export"],
];

const CALLS: readonly (readonly [string, unknown])[] = [
  ["check_tag_compliance", { refresh: true }],
  ["check_tag_compliance", { accounts: [SECRETS["secret as an argument"]] }],
  ["check_tag_compliance", { password: SECRETS["password as an argument"] }],
  ["check_tag_compliance", { cursor: SECRETS["secret as an argument"] }],
  ["check_tag_compliance", { confirm: SECRETS["password as an argument"] }],
  ["validate_resource_tags", { resource_ids: [SECRETS["secret as an argument"]] }],
  [SECRETS["secret as an argument"], {}],
  ["get_tagging_policy", {}],
  ["import_aws_tag_policy", {}],
];
/** What a caller sends may be repeated to that caller, and is nobody else's to keep. */
const OWN_ARGUMENT = /^(secret|password) as an argument: /;

/** All that the product writes while it is used in every way, apart from answers to the caller. */
async function use({ dataDir, environment }: Place): Promise<{ kept: string; answers: string }> {
  const server = startProcess(["serve"], environment);
  for (const [id, [name, args]] of CALLS.entries()) {
    server.send(toolCall(id, name, args));
    await server.said(new RegExp(`"id":${id}[,}]`));
  }
  const served = await server.stop();
  const ran = [];
  for (const command of COMMANDS) ran.push(await runCommand(command, environment));
  const printed = ran.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  return { kept: [served.stderr, printed, contents(dataDir)].join("\n"), answers: served.stdout };
}

const CONFIG = {
  clouds: { aws: { role_name: "TagComplianceRead" }, azure: {}, gcp: {} },
  audit: { key: "env://PLANTED_AUDIT" },
};

describe("planted secrets", () => {
  it("are in nothing that is written while all is well", async () => {
    const place = configure("well", CONFIG, {
      AWS_SESSION_TOKEN: SECRETS["AWS session token"],
    });
    const { kept, answers } = await use(place);
    // It did work, and what it wrote is what was looked at.
    expect(answers).toContain("compliance_score");
    expect(kept).toContain('"event":"unknown_tool"');
    expect(kept).toContain("SQLite format 3");
    expect(leaksIn(kept)).toEqual([]);
    expect(leaksIn(answers).filter((leak) => !OWN_ARGUMENT.test(leak))).toEqual([]);
    expect(kept + answers).not.toContain(sandbox.env["IDENTITY_HEADER"]);
  }, 180_000);

  it("are in nothing that is written while every one of them fails", async () => {
    const azure = { tenant_id: UUID, client_id: UUID, client_secret: "env://PLANTED_AZURE" };
    const place = configure(
      "failing",
      {
        ...CONFIG,
        clouds: {
          aws: {},
          azure,
          gcp: { credentials_file: `file://${join(folder, "in/gcp.json")}` },
        },
        cache: { url: `redis://${CLOSED}`, password: "env://PLANTED_REDIS" },
        storage: { url: `file://${join(folder, "in/storage")}` },
        scan: { call_timeout_seconds: 5 },
      },
      {
        AWS_ENDPOINT_URL: `http://${CLOSED}`,
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_SHARED_CREDENTIALS_FILE: join(folder, "in/aws"),
        AZURE_AUTHORITY_HOST: `https://${CLOSED}`,
      },
    );
    const { kept, answers } = await use(place);
    expect(kept).toContain("storage_unavailable");
    expect(leaksIn(kept)).toEqual([]);
    expect(leaksIn(answers).filter((leak) => !OWN_ARGUMENT.test(leak))).toEqual([]);
  }, 180_000);

  it.each([
    [
      "storage.url",
      {
        storage: {
          url: `postgres://me:${encodeURIComponent(SECRETS["password in the storage URL"])}@${CLOSED}/db`,
        },
      },
    ],
    [
      "storage.url of another kind",
      { storage: { url: `mysql://me:${SECRETS["password of Redis"]}@${CLOSED}/db` } },
    ],
    ["cache.url", { cache: { url: `redis://:${SECRETS["password of Redis"]}@${CLOSED}` } }],
    ["cache.password", { cache: { password: SECRETS["password of Redis"] } }],
    [
      "azure.client_secret",
      { clouds: { azure: { client_secret: SECRETS["Azure client secret"] } } },
    ],
    ["audit.key", { audit: { key: SECRETS["key of the audit log"] } }],
  ])(
    "are not repeated when they stand where they should not: %s",
    async (name, config) => {
      const { environment } = configure(`wrong ${name}`, config);
      for (const command of [["config", "show"], ["config", "check"], ["scan"]]) {
        const { stdout, stderr } = await runCommand(command, environment);
        expect(leaksIn(stdout + stderr)).toEqual([]);
      }
    },
    60_000,
  );
});
