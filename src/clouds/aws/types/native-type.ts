import type { Resource } from "../../../domain/resource.ts";
import type { ResourceTypeFacts } from "../../../domain/resource-type.ts";
import type { AwsCalls } from "../calls.ts";
import type { SharedLists } from "../shared-lists.ts";

/** What we know of an AWS type beyond what every cloud's types have. */
export interface AwsTypeFacts extends ResourceTypeFacts {
  readonly cloud: "aws";
  /** Belongs to no Region. */
  readonly global: boolean;
  /**
   * `ResourceTypeFilters` value of the Resource Groups Tagging API; null when that API does not cover
   * the type (Tag Editor User Guide, "Supported resource types").
   */
  readonly taggingFilter: string | null;
}

/** Facts of a type that has an enumerator of its own; IAM documents and generators are made from them. */
export interface NativeTypeFacts extends AwsTypeFacts {
  /** IAM actions that listing it and reading its tags need. */
  readonly readActions: readonly string[];
  /** Null where CloudFormation has no such resource. */
  readonly cloudFormation: string | null;
  /** Absent where nobody has looked it up. */
  readonly terraform?: string;
}

export interface ListRequest {
  readonly calls: AwsCalls;
  readonly account: string;
  readonly partition: string;
  /** The Region to list, `global` for a type without one; for an account-wide list, the home Region. */
  readonly region: string;
  /** Of an account-wide list, keep only these Regions; undefined keeps all. */
  readonly within: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Absent where a list is tried by itself: it then asks its own service only. */
  readonly shared?: SharedLists;
}

/** A type whose own service can list it, resources that never had a tag included. */
export interface NativeType {
  readonly facts: NativeTypeFacts;
  /** One list call gives every Region: such a type is one cell per account when all Regions are asked for. */
  readonly accountWide: boolean;
  /** Pages of resources, each with its tags; null tags where they could not be read. */
  list(request: ListRequest): AsyncIterable<readonly Resource[]>;
}
