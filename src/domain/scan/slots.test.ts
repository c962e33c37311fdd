import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSlots } from "./slots.ts";

const NEVER = new AbortController().signal;

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("slots", () => {
  it("never runs more than its number at once, and runs everything in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (max, tasks) => {
          const slots = createSlots(max);
          const started: number[] = [];
          let running = 0;
          let most = 0;
          await Promise.all(
            Array.from({ length: tasks }, (_, index) =>
              slots.run(NEVER, async () => {
                started.push(index);
                running += 1;
                most = Math.max(most, running);
                await Promise.resolve();
                running -= 1;
              }),
            ),
          );
          expect(started).toEqual(Array.from({ length: tasks }, (_, index) => index));
          expect(most).toBe(Math.min(max, tasks));
        },
      ),
    );
  });

  it("frees the slot of a task that failed", async () => {
    const slots = createSlots(1);
    await expect(slots.run(NEVER, () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
    await expect(slots.run(NEVER, async () => "next")).resolves.toBe("next");
  });

  it("lets a waiting caller leave without taking the place of another", async () => {
    const slots = createSlots(1);
    const first = gate();
    const running = slots.run(NEVER, () => first.opened);
    const abort = new AbortController();
    const leaving = slots.run(abort.signal, async () => "never");
    const staying = slots.run(NEVER, async () => "after");
    abort.abort();
    await expect(leaving).rejects.toMatchObject({ code: "cancelled" });
    first.open();
    await running;
    await expect(staying).resolves.toBe("after");
  });

  it("refuses a caller that is already gone", async () => {
    const slots = createSlots(1);
    await expect(slots.run(AbortSignal.abort(), async () => "never")).rejects.toMatchObject({
      code: "cancelled",
    });
    await expect(slots.run(NEVER, async () => "next")).resolves.toBe("next");
  });

  it("gives a free slot to who is interactive before background tasks that came earlier", async () => {
    const slots = createSlots(1);
    const first = gate();
    const order: string[] = [];
    const come = (name: string, priority?: "interactive" | "background") =>
      slots.run(NEVER, async () => order.push(name), priority);
    const running = slots.run(NEVER, () => first.opened, "background");
    const waiting = [come("b1", "background"), come("b2", "background"), come("i1"), come("i2")];
    first.open();
    await Promise.all([running, ...waiting]);
    expect(order).toEqual(["i1", "i2", "b1", "b2"]);
  });
});
