/** How one of a type is made in moto, tagged and untagged, by the services' own SDK clients. */
export interface Seed {
  readonly type: string;
  /** The account has some without our doing: the default VPC, the default event bus. */
  readonly hasDefaults?: true;
  /** Why the tagging API of moto does not know the type; its tags are then read as none. */
  readonly tagsUnseen?: string;
  /** Why moto's GetResources breaks once there is one; its tags are then read as unknown. */
  readonly tagsRefused?: string;
  /** Its tagging calls do not work in moto: tags are given when it is made, and never taken. */
  readonly taggedWhenMade?: true;
  /** Makes one; `name` is unique and fits every service. `tags` is empty unless `taggedWhenMade`. */
  create(name: string, tags: Readonly<Record<string, string>>): Promise<Made>;
  tag(made: Made, key: string, value: string): Promise<unknown>;
  untag(made: Made, key: string): Promise<unknown>;
}

export interface Made {
  readonly arn: string;
  /** What the service's tagging calls take: an ARN, an id, a URL. */
  readonly key: string;
}

/** What every client here is made with. */
export interface Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";

/** @throws {Error} when a service answered without the id that a test needs */
export function known(value: string | undefined): string {
  if (value === undefined || value === "") throw new Error("moto gave no id");
  return value;
}

/** A service that tags by ARN. */
export function byArn(arn: string | undefined): Made {
  return { arn: known(arn), key: known(arn) };
}

export function regional(service: string, rest: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
}
