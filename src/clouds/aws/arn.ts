/** The parts of an Amazon Resource Name. Empty strings are parts the service leaves out. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the fifth colon, colons and slashes included. */
  readonly resource: string;
}

/**
 * `arn:partition:service:region:account-id:resource` (AWS General Reference, "Amazon Resource Names").
 * Undefined when the text is not an ARN.
 */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  // By position: a scan does this for every resource, and splitting takes several times as long.
  const service = text.indexOf(":", 4) + 1;
  const region = service === 0 ? 0 : text.indexOf(":", service) + 1;
  const account = region === 0 ? 0 : text.indexOf(":", region) + 1;
  const resource = account === 0 ? 0 : text.indexOf(":", account) + 1;
  if (resource === 0 || resource === text.length) return undefined;
  if (service === 5 || region === service + 1) return undefined;
  return {
    partition: text.slice(4, service - 1),
    service: text.slice(service, region - 1),
    region: text.slice(region, account - 1),
    account: text.slice(account, resource - 1),
    resource: text.slice(resource),
  };
}

/** Services whose main resource is named without a type segment (Service Authorization Reference). */
const UNTYPED: Readonly<Record<string, string>> = {
  s3: "bucket",
  sns: "topic",
  sqs: "queue",
  codecommit: "repository",
  codepipeline: "pipeline",
};

/** Where the type is two segments: `loadbalancer/app/…`, `regional/webacl/…`. */
const TWO_SEGMENTS: Readonly<Record<string, RegExp>> = {
  elasticloadbalancing: /^(?:loadbalancer|listener|listener-rule)\/(?:app|net|gwy)(?=\/)/,
  wafv2: /^(?:regional|global)\/[a-z]+(?=\/)/,
};

/** Children named under their parent: the parent's segment alone would be the wrong type. */
const NESTED: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  logs: [[/^log-group:.*:log-stream:/, "log-stream"]],
  kinesis: [[/^stream\/[^/]+\/consumer\//, "consumer"]],
  dynamodb: [
    [/^table\/[^/]+\/index\//, "index"],
    [/^table\/[^/]+\/backup\//, "backup"],
    [/^table\/[^/]+\/stream\//, "stream"],
  ],
};

/**
 * Native type id `service:resource` that an ARN stands for: `ec2:instance`, `s3:bucket`,
 * `elasticloadbalancing:loadbalancer/app`. Undefined when the text is not an ARN.
 */
export function typeOfArn(text: string): string | undefined {
  const arn = parseArn(text);
  return arn === undefined ? undefined : typeOf(arn);
}

/** As `typeOfArn`, of one that is parsed already. */
export function typeOf(arn: Arn): string {
  return `${arn.service}:${kindOf(arn)}`;
}

function kindOf(arn: Arn): string {
  const { service, resource } = arn;
  if (service === "s3") return kindOfS3(arn);
  if (service === "apigateway") return kindOfPath(resource);
  const nested = NESTED[service]?.find(([shape]) => shape.test(resource));
  if (nested !== undefined) return nested[1];
  const two = TWO_SEGMENTS[service]?.exec(resource);
  if (two) return two[0];
  const untyped = UNTYPED[service];
  if (untyped === undefined) return firstSegment(resource) ?? "resource";
  // A topic's subscription is `topic:uuid`; a pipeline's webhook is `webhook:name`.
  if (!/[:/]/.test(resource)) return untyped;
  return service === "sns" ? "subscription" : (firstSegment(resource) ?? untyped);
}

/** A bucket's ARN names neither Region nor account; an object's adds a key; access points name both. */
function kindOfS3({ region, account, resource }: Arn): string {
  if (region !== "" || account !== "") return firstSegment(resource) ?? "resource";
  return resource.includes("/") ? "object" : "bucket";
}

/** `/restapis/abc/stages/prod` is `restapis/stages`: every second segment is an id. */
function kindOfPath(resource: string): string {
  const names = resource.split("/").filter((segment) => segment !== "");
  return names.filter((_, index) => index % 2 === 0).join("/") || "resource";
}

function firstSegment(resource: string): string | undefined {
  const end = resource.search(/[:/]/);
  return end > 0 ? resource.slice(0, end) : undefined;
}
