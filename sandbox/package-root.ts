import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of this package, whether this code runs from the repository or from the bundle inside it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isRoot(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("The package's own folder was not found.");
    folder = parent;
  }
  return folder;
}

function isRoot(folder: string): boolean {
  const manifest = join(folder, "package.json");
  return (
    existsSync(manifest) &&
    readFileSync(manifest, "utf8").includes('"name": "finops-tag-compliance-mcp"')
  );
}
