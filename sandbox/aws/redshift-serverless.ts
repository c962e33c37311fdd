import { COMMON_ERRORS } from "./empty-lists.ts";
import { json } from "./protocol.ts";
import { type AwsCall, type AwsService, readTarget } from "./service.ts";

/** A workgroup and its namespace, neither ever tagged, planted beside the estate. */
export interface PlantedWorkgroup {
  readonly account: string;
  readonly region: string;
  /** Ends both ARNs, where AWS has ids. */
  readonly name: string;
}

const CREATED_AT = "2026-01-02T03:04:05Z";

/**
 * Redshift Serverless (2021-04-21): planted workgroups and their namespaces.
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/
 */
export function createRedshiftServerlessService(
  planted: readonly PlantedWorkgroup[] = [],
): AwsService {
  const here = ({ account, region }: AwsCall): readonly PlantedWorkgroup[] =>
    planted.filter((group) => group.account === account && group.region === region);
  const arnOf = (kind: string, { account, region, name }: PlantedWorkgroup): string =>
    `arn:aws:redshift-serverless:${region}:${account}:${kind}/${name}`;
  const shared = { status: "AVAILABLE", creationDate: CREATED_AT };
  return {
    protocol: "json",
    global: false,
    lists: new Set(["ListNamespaces", "ListWorkgroups"]),
    read: (request) => readTarget(request, "RedshiftServerless", "nextToken"),
    operations: {
      ListNamespaces: (call) =>
        json({
          namespaces: here(call).map((group) => ({
            ...shared,
            namespaceName: group.name,
            namespaceArn: arnOf("namespace", group),
          })),
        }),
      ListWorkgroups: (call) =>
        json({
          workgroups: here(call).map((group) => ({
            ...shared,
            namespaceName: group.name,
            workgroupName: group.name,
            workgroupArn: arnOf("workgroup", group),
          })),
        }),
    },
    errors: COMMON_ERRORS,
  };
}
