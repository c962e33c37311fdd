/** Where a block begins. */
export interface SourceLocation {
  /** As given. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** `resource "aws_instance" "web" {` at the beginning of a line, as `terraform fmt` writes it. */
const RESOURCE = /^[ \t]*resource[ \t]+"([\w-]+)"[ \t]+"([\w-]+)"/gm;

/**
 * The resource blocks of Terraform files, by `type.name`. A plan says nothing of files, and modules may
 * use the same name twice: such a name has several places and none of them is certain.
 */
export function resourceBlocks(
  files: readonly { readonly path: string; readonly text: string }[],
): ReadonlyMap<string, readonly SourceLocation[]> {
  const found = new Map<string, SourceLocation[]>();
  for (const { path, text } of files)
    for (const match of text.matchAll(RESOURCE)) {
      const key = `${match[1]}.${match[2]}`;
      const line = text.slice(0, match.index).split("\n").length;
      found.set(key, [...(found.get(key) ?? []), { path, line }]);
    }
  return found;
}
