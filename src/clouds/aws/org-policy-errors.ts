import { AppError, type ErrorCode } from "../../domain/errors.ts";

/** The permission that each call needs (Service Authorization Reference, AWS Organizations). */
export const ACTIONS = {
  list: "organizations:ListPolicies",
  attached: "organizations:ListPoliciesForTarget",
  describe: "organizations:DescribePolicy",
  effective: "organizations:DescribeEffectivePolicy",
  parents: "organizations:ListParents",
} as const;
export type OrganizationsAction = (typeof ACTIONS)[keyof typeof ACTIONS];

type Words = readonly [code: ErrorCode, message: string, hint: string];

const NOT_ENABLED: Words = [
  "not_found",
  "Tag policies are not enabled in this AWS organization.",
  "In the management account, enable them: aws organizations enable-policy-type --policy-type TAG_POLICY --root-id (the id of the root). Or keep a policy file.",
];
const NO_SUCH_ACCOUNT: Words = [
  "not_found",
  "The AWS organization has no such account.",
  "Check the account id, and that the credentials belong to its organization.",
];
const NOT_HERE: Words = [
  "cloud_unsupported",
  "AWS Organizations is not offered at this endpoint or in this partition.",
  "Use a Region of the organization's own partition, or keep a policy file.",
];

/** What Organizations says by its own error codes. */
const BY_CODE: Readonly<Record<string, Words>> = {
  AWSOrganizationsNotInUseException: [
    "cloud_unsupported",
    "This AWS account belongs to no organization, so it has no tag policies.",
    "Keep a policy file, or use credentials of an account in the organization.",
  ],
  PolicyNotFoundException: [
    "not_found",
    "The AWS organization has no such tag policy.",
    "List the policies without an id, and use an id from that list.",
  ],
  // A member account gets the same answer when no policy reaches it.
  EffectivePolicyNotFoundException: [
    "not_found",
    "This account has no effective tag policy: tag policies are not enabled in its organization, or none reaches it.",
    NOT_ENABLED[2],
  ],
  PolicyTypeNotEnabledException: NOT_ENABLED,
  PolicyTypeNotAvailableForOrganizationException: [
    "cloud_unsupported",
    "The AWS organization has only the consolidated billing features.",
    "Enable all features in the management account, then tag policies. Or keep a policy file.",
  ],
  TargetNotFoundException: NO_SUCH_ACCOUNT,
  ChildNotFoundException: NO_SUCH_ACCOUNT,
  AccountNotFoundException: NO_SUCH_ACCOUNT,
  ConstraintViolationException: [
    "cloud_unsupported",
    "Trusted access for tag policies is off in this AWS organization.",
    "In the management account: aws organizations enable-aws-service-access --service-principal tagpolicies.tag.amazonaws.com. Or keep a policy file.",
  ],
  PolicyChangesInProgressException: [
    "cloud_unavailable",
    "AWS is changing the organization's policies right now.",
    "Ask again in a minute.",
  ],
  UnsupportedAPIEndpointException: NOT_HERE,
};

const TARGET_NOT_SUPPORTED: Words = [
  "invalid_input",
  "Only an account has an effective tag policy, not a root or a unit.",
  "Give the 12-digit id of an account.",
];

/** Puts an Organizations failure into words that say what to do about it. */
export function explain(error: AppError, action: OrganizationsAction): AppError {
  if (error.code === "cloud_denied") return denied([action], error);
  const upstream = String(error.details["upstreamCode"]);
  const words = Object.hasOwn(BY_CODE, upstream)
    ? BY_CODE[upstream]
    : invalidInput(error, upstream);
  if (words === undefined) return error;
  const [code, message, hint] = words;
  return new AppError(code, message, { hint, details: error.details, cause: error });
}

/** Organizations tells its kinds of invalid input apart by `Reason`. */
function invalidInput({ cause }: AppError, upstream: string): Words | undefined {
  const isInvalid = upstream === "InvalidInputException" && cause instanceof Error;
  const reason = isInvalid && "Reason" in cause ? cause.Reason : undefined;
  return reason === "TARGET_NOT_SUPPORTED" ? TARGET_NOT_SUPPORTED : undefined;
}

/** @param actions each of which is missing, or any one set of which would do. */
export function denied(actions: readonly OrganizationsAction[], error: AppError): AppError {
  return new AppError("cloud_denied", `AWS denied ${actions.join(", ")}.`, {
    hint: hintFor(actions),
    details: { ...error.details, missing_permissions: actions },
    cause: error,
  });
}

const CHAIN: readonly OrganizationsAction[] = [ACTIONS.parents, ACTIONS.attached, ACTIONS.describe];

function hintFor(actions: readonly OrganizationsAction[]): string {
  if (actions.includes(ACTIONS.effective)) {
    return `Grant ${ACTIONS.effective}; a member account may read only its own effective policy. In the management account or a delegated administrator, ${CHAIN.join(", ")} will do instead.`;
  }
  return `Grant ${actions.join(", ")}, and use the management account or a delegated administrator: other accounts may not list or read the organization's policies.`;
}

/** The organization has no such call here, as distinct from having no organization. */
export function lacksOperation(error: AppError): boolean {
  const upstream = String(error.details["upstreamCode"]);
  return error.code === "cloud_unsupported" && !Object.hasOwn(BY_CODE, upstream);
}
