import { type AnyResource, pathOf } from "./define-resource.ts";

export interface FoundResource {
  readonly resource: AnyResource;
  /** Decoded, by name; those of the query as they came. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The resource that a URI names; which variables it accepts is for its own schema to say. */
export function findResource(
  registry: readonly AnyResource[],
  uri: string,
): FoundResource | undefined {
  const [path = "", query = ""] = uri.split("?", 2);
  for (const resource of registry) {
    const inPath = matchPath(pathOf(resource.uri), path);
    if (inPath !== undefined)
      return {
        resource,
        variables: { ...Object.fromEntries(new URLSearchParams(query)), ...inPath },
      };
  }
  return undefined;
}

/** How this server itself writes the address of a resource that was found, without a query. */
export function addressOf({ resource, variables }: FoundResource): string {
  return pathOf(resource.uri).replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(variables[name] ?? ""),
  );
}

function matchPath(template: string, path: string): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = template
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[^\w/:-]/g, "\\$&");
      names.push(name);
      return "([^/?#]+)";
    })
    .join("");
  const match = new RegExp(`^${pattern}$`).exec(path);
  if (match === null) return undefined;
  try {
    return Object.fromEntries(
      names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]),
    );
  } catch {
    return undefined; // Not an encoding of anything, so no name of anything.
  }
}
