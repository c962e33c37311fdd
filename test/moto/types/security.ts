import {
  ACMClient,
  AddTagsToCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  TagResourceCommand as TagPool,
  UntagResourceCommand as UntagPool,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  TagRoleCommand,
  TagUserCommand,
  UntagRoleCommand,
  UntagUserCommand,
} from "@aws-sdk/client-iam";
import {
  CreateKeyCommand,
  KMSClient,
  TagResourceCommand as TagKey,
  UntagResourceCommand as UntagKey,
} from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand as TagSecret,
  UntagResourceCommand as UntagSecret,
} from "@aws-sdk/client-secrets-manager";
import {
  AddTagsToResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { byArn, known, regional, type Seed, type Settings } from "./seed.ts";

/** Identities, keys, certificates and secrets. */
export function securitySeeds(settings: Settings): readonly Seed[] {
  return [...identitySeeds(settings), ...keySeeds(settings), ...secretSeeds(settings)];
}

function identitySeeds(settings: Settings): readonly Seed[] {
  const iam = new IAMClient(settings);
  const cognito = new CognitoIdentityProviderClient(settings);
  return [
    {
      type: "iam:role",
      hasDefaults: true,
      create: async (name) => {
        const answer = await iam.send(
          new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: "{}" }),
        );
        return { arn: known(answer.Role?.Arn), key: name };
      },
      tag: ({ key }, Key, Value) =>
        iam.send(new TagRoleCommand({ RoleName: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => iam.send(new UntagRoleCommand({ RoleName: key, TagKeys: [Key] })),
    },
    {
      type: "iam:user",
      create: async (name) => {
        const answer = await iam.send(new CreateUserCommand({ UserName: name }));
        return { arn: known(answer.User?.Arn), key: name };
      },
      tag: ({ key }, Key, Value) =>
        iam.send(new TagUserCommand({ UserName: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => iam.send(new UntagUserCommand({ UserName: key, TagKeys: [Key] })),
    },
    {
      type: "cognito-idp:userpool",
      taggedWhenMade: true,
      tagsUnseen: "not in moto's GetResources",
      create: async (name, tags) => {
        const command = new CreateUserPoolCommand({ PoolName: name, UserPoolTags: { ...tags } });
        return byArn((await cognito.send(command)).UserPool?.Arn);
      },
      tag: ({ key }, name, value) =>
        cognito.send(new TagPool({ ResourceArn: key, Tags: { [name]: value } })),
      untag: ({ key }, name) => cognito.send(new UntagPool({ ResourceArn: key, TagKeys: [name] })),
    },
  ];
}

function keySeeds(settings: Settings): readonly Seed[] {
  const kms = new KMSClient(settings);
  const acm = new ACMClient(settings);
  return [
    {
      type: "kms:key",
      create: async () => {
        const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
        return { arn: known(KeyMetadata?.Arn), key: known(KeyMetadata?.KeyId) };
      },
      tag: ({ key }, TagKeyName, TagValue) =>
        kms.send(new TagKey({ KeyId: key, Tags: [{ TagKey: TagKeyName, TagValue }] })),
      untag: ({ key }, name) => kms.send(new UntagKey({ KeyId: key, TagKeys: [name] })),
    },
    {
      type: "acm:certificate",
      create: async (name) =>
        byArn(
          (
            await acm.send(
              new RequestCertificateCommand({
                DomainName: `${name}.example`,
                // Listed only when key types are asked for by name.
                KeyAlgorithm: "EC_secp384r1",
              }),
            )
          ).CertificateArn,
        ),
      tag: ({ key }, Key, Value) =>
        acm.send(new AddTagsToCertificateCommand({ CertificateArn: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) =>
        acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn: key, Tags: [{ Key }] })),
    },
  ];
}

function secretSeeds(settings: Settings): readonly Seed[] {
  const secrets = new SecretsManagerClient(settings);
  const ssm = new SSMClient(settings);
  return [
    {
      type: "secretsmanager:secret",
      create: async (name) =>
        byArn(
          (await secrets.send(new CreateSecretCommand({ Name: name, SecretString: "none" }))).ARN,
        ),
      tag: ({ key }, Key, Value) =>
        secrets.send(new TagSecret({ SecretId: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => secrets.send(new UntagSecret({ SecretId: key, TagKeys: [Key] })),
    },
    {
      type: "ssm:parameter",
      create: async (name) => {
        const path = `/app/${name}`;
        await ssm.send(new PutParameterCommand({ Name: path, Value: "a", Type: "String" }));
        return { arn: regional("ssm", `parameter${path}`), key: path };
      },
      tag: ({ key }, Key, Value) =>
        ssm.send(
          new AddTagsToResourceCommand({
            ResourceType: "Parameter",
            ResourceId: key,
            Tags: [{ Key, Value }],
          }),
        ),
      untag: ({ key }, Key) =>
        ssm.send(
          new RemoveTagsFromResourceCommand({
            ResourceType: "Parameter",
            ResourceId: key,
            TagKeys: [Key],
          }),
        ),
    },
  ];
}
