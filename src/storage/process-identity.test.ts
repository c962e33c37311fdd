import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { hasEnded, ownerName } from "./process-identity.ts";

const SOURCE = fileURLToPath(new URL("process-identity.ts", import.meta.url));

test("a process is known to have ended once it was killed, and not before", async () => {
  const code = `import { ownerName } from ${JSON.stringify(SOURCE)};
    console.log(ownerName()); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const [name] = await once(child.stdout, "data");
  expect(hasEnded(String(name).trim())).toBe(false);
  child.kill("SIGKILL");
  await closed;
  expect(hasEnded(String(name).trim())).toBe(true);
});

test("this process has not ended, under each of its names", () => {
  expect(ownerName()).not.toBe(ownerName());
  expect(hasEnded(ownerName())).toBe(false);
});

test("of a process that cannot be seen from here nothing is known", () => {
  const [id, , pid, start] = ownerName().split(" ");
  expect(hasEnded(`${id} another-machine 999999999 ${start}`)).toBe(false);
  expect(hasEnded(`${id} another-machine ${pid} 1`)).toBe(false);
  expect(hasEnded("0b5f7c1e-3d0e-4a55-9b0e-0a8f4c5b6d7e")).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "a process that was given the number of an ended one is not taken for it",
  () => {
    const [id, space, pid] = ownerName().split(" ");
    expect(hasEnded(`${id} ${space} ${pid} 1`)).toBe(true);
  },
);
