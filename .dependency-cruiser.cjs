/**
 * Import directions. Each rule says why, so that a failure teaches. `test/architecture` seeds one
 * violation per rule and sees it caught, so a rule that stops working is noticed.
 */
const TEST = "\\.test\\.ts$";

/** Files of `src/<from>/` may import from `src/` only their own folder and `allowed`. */
const layer = (name, from, allowed, why) => ({
  name,
  severity: "error",
  comment: why,
  from: { path: `^src/${from}/`, pathNot: TEST },
  to: { path: "^src/", pathNot: [`^src/${from}/`, ...allowed.map((folder) => `^src/${folder}`)] },
});

/** Folders that reach the world outside. */
const ADAPTERS = "clouds|storage|telemetry|cache|secrets|cost-files|reports";

/** Libraries without I/O, clock or global state; the domain may use these and no others. */
const PURE_LIBRARIES = "node_modules/(zod|re2js|fastest-levenshtein|yaml)/";

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "A cycle means two files are one module, or a name lives in the wrong place.",
      from: {},
      to: { circular: true },
    },
    layer(
      "domain-is-pure",
      "domain",
      [],
      "The domain knows nothing outside itself: it runs in a test with no setup.",
    ),
    {
      name: "domain-no-io",
      severity: "error",
      comment: "No Node, no SDK in the domain and the generators; only pure libraries.",
      from: { path: "^src/(domain|generators)/", pathNot: TEST },
      to: { dependencyTypes: ["core", "npm", "npm-dev"], pathNot: PURE_LIBRARIES },
    },
    layer(
      "ports-know-domain",
      "ports",
      ["domain/"],
      "A port is a shape over the domain, never over an SDK.",
    ),
    layer(
      "safety",
      "safety",
      ["domain/", "ports/"],
      "The gate must be readable without any adapter.",
    ),
    layer(
      "app",
      "app",
      ["domain/", "ports/", "safety/"],
      "A use case speaks ports; adapters are chosen in compose.ts.",
    ),
    layer(
      "clouds",
      "clouds",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "storage",
      "storage",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "telemetry",
      "telemetry",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "cache",
      "cache",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "secrets",
      "secrets",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "cost-files",
      "cost-files",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "reports",
      "reports",
      ["domain/", "ports/"],
      "An adapter implements a port; it never calls a use case.",
    ),
    layer(
      "scheduler",
      "scheduler",
      ["domain/", "ports/", "app/"],
      "The scheduler runs use cases; it never sees an adapter.",
    ),
    layer("config", "config", ["domain/"], "Configuration is read before anything else exists."),
    layer(
      "mcp",
      "mcp",
      ["domain/", "ports/", "app/", "safety/"],
      "The protocol edge calls use cases; it never sees an adapter.",
    ),
    layer(
      "http",
      "http",
      ["domain/", "ports/", "app/", "mcp/"],
      "The HTTP edge mounts the protocol edge; it never sees an adapter.",
    ),
    {
      name: "clouds-do-not-mix",
      severity: "error",
      comment:
        "A cloud never imports another cloud: what they share belongs to the domain or a port.",
      from: { path: "^src/clouds/([^/]+)/" },
      to: { path: "^src/clouds/([^/]+)/", pathNot: "^src/clouds/$1/" },
    },
    {
      name: "only-compose-wires",
      severity: "error",
      comment: "Concrete adapters are chosen in compose.ts and its topics, nowhere else.",
      from: {
        path: "^src/",
        pathNot: ["^src/compose(\\.ts$|/)", `^src/(${ADAPTERS})/`, TEST],
      },
      to: { path: `^src/(${ADAPTERS})/` },
    },
    {
      name: "nothing-imports-the-cli",
      severity: "error",
      comment: "The CLI is an edge: what others need of it belongs to app or domain.",
      from: { path: "^src/", pathNot: ["^src/cli/", TEST] },
      to: { path: "^src/cli/" },
    },
    {
      name: "not-to-sandbox",
      severity: "error",
      comment: "The product never knows that it talks to the sandbox; only the demo and tests do.",
      from: { path: "^src/", pathNot: TEST },
      to: { path: "^sandbox/" },
    },
    {
      name: "not-to-test",
      severity: "error",
      comment: "Production code never imports a test.",
      from: { path: "^(src|sandbox)/", pathNot: TEST },
      to: { path: `(${TEST}|^test/)` },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    moduleSystems: ["es6"],
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      conditionNames: ["import", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
