import { sha256 } from "../../src/app/policy/sha256.ts";
import type { Cloud } from "../../src/domain/cloud.ts";
import { type CompiledPolicy, compilePolicy } from "../../src/domain/policy/compile.ts";
import { type ParsedPolicy, parsePolicy } from "../../src/domain/policy/parse.ts";
import type { Resource } from "../../src/domain/resource.ts";
import { createCatalogue } from "../../src/domain/resource-type.ts";

/** A few real types of every cloud, one of which cannot carry tags. */
export const CATALOGUE = createCatalogue([
  type("aws", "ec2:instance", "virtual_machine"),
  type("aws", "rds:db", "database"),
  type("aws", "s3:bucket", "object_storage"),
  { ...type("aws", "ec2:placement", "other"), taggable: false },
  type("azure", "Microsoft.Compute/virtualMachines", "virtual_machine"),
  type("azure", "Microsoft.Sql/servers/databases", "database"),
  type("gcp", "compute.googleapis.com/Instance", "virtual_machine"),
  type("gcp", "sqladmin.googleapis.com/Instance", "database"),
]);

function type(
  cloud: Cloud,
  id: string,
  category: "virtual_machine" | "database" | "object_storage" | "other",
) {
  return { cloud, id, category, billable: true, taggable: true };
}

export const VM_OF: Readonly<Record<Cloud, string>> = {
  aws: "ec2:instance",
  azure: "Microsoft.Compute/virtualMachines",
  gcp: "compute.googleapis.com/Instance",
};

/** The moment every test judges at, unless it says otherwise. */
export const AT_MS = Date.UTC(2026, 10, 22, 12);

export function parse(text: string, atMs = AT_MS): ParsedPolicy {
  return parsePolicy(text, { catalogue: CATALOGUE, atMs, sha256 });
}

export function policyOf(text: string): CompiledPolicy {
  return compilePolicy(parse(text), CATALOGUE);
}

/** A virtual machine of the cloud with these tags; `null`: its tags could not be read. */
export function resourceOf(
  cloud: Cloud,
  tags: Readonly<Record<string, string>> | null,
  overrides: Partial<Resource> = {},
): Resource {
  return {
    cloud,
    account: "123456789012",
    region: "eu-central-1",
    type: VM_OF[cloud],
    id: "resource/one",
    tags: tags === null ? null : Object.entries(tags).map(([key, value]) => ({ key, value })),
    createdAt: null,
    ...overrides,
  };
}
