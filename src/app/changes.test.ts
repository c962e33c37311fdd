import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Change } from "../ports/changes.ts";
import { createChanges } from "./changes.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** A source of changes that counts how often it is begun, and how many of its runs have not ended. */
function followed(failures = 0) {
  const state = { begun: 0, running: 0, failures };
  const changes = createChanges({
    logger: SILENT,
    follow: async (signal) => {
      state.begun += 1;
      if (state.begun <= state.failures) throw new Error("not now");
      state.running += 1;
      signal.addEventListener("abort", () => (state.running -= 1));
    },
  });
  return { state, changes };
}

it("follows what changes only while somebody listens, once for all", () => {
  const { state, changes } = followed();
  expect(changes.isHeard()).toBe(false);
  const [first, second] = [changes.listen(() => {}), changes.listen(() => {})];
  expect(state).toMatchObject({ begun: 1, running: 1 });
  first();
  first();
  expect(state.running).toBe(1);
  expect(changes.isHeard()).toBe(true);
  second();
  expect(state.running).toBe(0);
  expect(changes.isHeard()).toBe(false);
  changes.listen(() => {})();
  expect(state).toMatchObject({ begun: 2, running: 0 });
});

it("tells every listener, each as long as it listens", () => {
  const { changes } = followed();
  const heard: [string, Change["kind"]][] = [];
  const leave = changes.listen(({ kind }) => heard.push(["a", kind]));
  changes.listen(({ kind }) => heard.push(["b", kind]));
  changes.announce({ kind: "policy" });
  leave();
  changes.announce({ kind: "scans", scanIds: ["one"] });
  expect(heard).toEqual([
    ["a", "policy"],
    ["b", "policy"],
    ["b", "scans"],
  ]);
});

it("lets neither who announces nor other listeners suffer for one that fails", () => {
  const { changes } = followed();
  const heard: Change[] = [];
  changes.listen(() => {
    throw new RangeError("gone");
  });
  changes.listen((change) => heard.push(change));
  changes.announce({ kind: "policy" });
  expect(heard).toEqual([{ kind: "policy" }]);
});

it("tries again with the next listener when changes cannot be followed", async () => {
  const { state, changes } = followed(1);
  changes.listen(() => {});
  await setImmediate();
  changes.listen(() => {});
  changes.listen(() => {});
  expect(state).toMatchObject({ begun: 2, running: 1 });
});
