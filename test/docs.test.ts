import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tools } from "../src/mcp/tools/index.ts";
import { createProgram } from "../src/cli/main.ts";

/** What people read must lead somewhere, and what they paste must be well formed. */
const PAGES = ["README.md", "CHANGELOG.md", "AGENTS.md", ...globSync("docs/**/*.md")];
const textOf = (page: string): string => readFileSync(page, "utf8");

test.each(PAGES)("%s: every link leads to a file or heading of the project", (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
    ([, link]) => link ?? "",
  );
  const broken = links.filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(PAGES)("%s: every example of JSON and YAML is well formed", (page) => {
  for (const [, language, text] of textOf(page).matchAll(/^```(json|yaml)\n(.*?)^```/gms))
    expect(() => (language === "json" ? JSON.parse(text ?? "") : parse(text ?? ""))).not.toThrow();
});

test("the README and the user guide name every tool", () => {
  for (const page of ["README.md", "docs/user-guide.md"]) {
    const text = textOf(page);
    const left = tools.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ name }) => name);
    expect({ page, left }).toEqual({
      page,
      left: page === "README.md" ? [] : ["import_aws_tag_policy"],
    });
  }
});

test.each(PAGES)("%s: every command and option that it shows exists", (page) => {
  const shown = [...textOf(page).matchAll(/(?:^|[`$:-] ?)tag-compliance ([a-z][^`\n#|]*)/gm)].map(
    ([, line]) => line ?? "",
  );
  expect(shown.filter((line) => !isKnown(line.trim().split(/\s+/)))).toEqual([]);
});

/** GitHub's: lower case, without marks, dashes for spaces. */
function anchors(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Programs of their own, whose options commander does not know here. */
const OWN = new Set(["demo", "sandbox"]);

function isKnown(words: readonly string[]): boolean {
  let command = createProgram();
  for (const word of words) {
    if (OWN.has(word)) return true;
    const below = command.commands.find((one) => one.name() === word);
    if (below === undefined) break;
    command = below;
  }
  if (command.parent === null) return false;
  const options = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
  const known = new Set(["--help", "--config", ...command.options.map(({ long }) => long)]);
  // `suggest ID` is `suggest for ID`.
  for (const one of command.commands) for (const { long } of one.options) known.add(long ?? "");
  return options.every((option) => known.has(option));
}
