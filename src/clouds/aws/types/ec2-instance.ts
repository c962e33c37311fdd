import type { Resource } from "../../../domain/resource.ts";
import type { ListRequest, NativeType } from "./native-type.ts";

/** EC2 instances. DescribeInstances gives their tags; terminated ones linger for an hour and are left out. */
export const ec2Instance: NativeType = {
  facts: {
    cloud: "aws",
    id: "ec2:instance",
    category: "virtual_machine",
    billable: true,
    taggable: true,
    global: false,
    taggingFilter: "ec2:instance",
    readActions: ["ec2:DescribeInstances"],
    cloudFormation: "AWS::EC2::Instance",
    terraform: "aws_instance",
  },
  accountWide: false,
  list: listInstances,
};

async function* listInstances({
  calls,
  account,
  partition,
  region,
  signal,
}: ListRequest): AsyncGenerator<readonly Resource[]> {
  const target = { service: "ec2", account, region } as const;
  let token: string | undefined;
  do {
    const page = await calls.call(target, signal, (api, own) => api.describeInstances(token, own));
    yield page.instances
      .filter(({ state }) => state !== "terminated")
      .map(({ id, owner, tags, createdAt, links }) => ({
        cloud: "aws",
        account,
        region,
        type: "ec2:instance",
        id: `arn:${partition}:ec2:${region}:${owner || account}:instance/${id}`,
        tags,
        createdAt,
        ...(links === undefined ? {} : { links }),
      }));
    token = page.next;
  } while (token !== undefined);
}
