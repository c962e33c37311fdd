import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { REQUIREMENTS } from "./requirements.ts";

const CITATION = /\[(P\d-[A-Z\d]+-\d+)\]/g;
const ROADMAP = "../shared/ROADMAP.md";

const testFiles = globSync(["src/**/*.test.ts", "sandbox/**/*.test.ts", "test/**/*.ts"]).filter(
  (file) => !/requirements(\.test)?\.ts$/.test(file),
);
const cited = new Set(
  testFiles.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(CITATION)].map(([, id]) => id ?? ""),
  ),
);
const byId = new Map(REQUIREMENTS.map(([id, status]) => [id, status]));

describe("requirements and tests point at each other", () => {
  test("every id is listed once", () => {
    expect(byId.size).toBe(REQUIREMENTS.length);
  });

  test("every id that a test cites is listed", () => {
    expect([...cited].filter((id) => !byId.has(id))).toEqual([]);
  });

  test("every verified requirement is cited by a test", () => {
    const verified = REQUIREMENTS.filter(([, status]) => status === "verified");
    expect(verified.map(([id]) => id).filter((id) => !cited.has(id))).toEqual([]);
    expect(verified.length).toBeGreaterThan(0);
  });

  test("no requirement that a test proves is still called planned", () => {
    expect([...cited].filter((id) => byId.get(id) === "planned")).toEqual([]);
  });
});

test.skipIf(!existsSync(ROADMAP))(
  "every deliverable line of the roadmap is listed (skipped: the roadmap file is not beside the repository)",
  () => {
    const plain = (text: string): string => text.replaceAll(/[*`✅]/g, "").trim();
    const roadmap = readFileSync(ROADMAP, "utf8");
    const phases = roadmap.slice(
      roadmap.indexOf("\n## Phase 1"),
      roadmap.indexOf("\n## Deployment Evolution"),
    );
    const bullets = phases
      .replaceAll(/^```[\s\S]*?^```/gm, "")
      .split("\n")
      .flatMap((line) => (/^\s*- (.*)/.exec(line)?.[1] ? [plain(line.trim().slice(2))] : []));
    const listed = new Set(REQUIREMENTS.map(([, , text]) => plain(text)));
    expect(bullets.length).toBeGreaterThan(100);
    expect(bullets.filter((line) => !listed.has(line))).toEqual([]);
  },
);
