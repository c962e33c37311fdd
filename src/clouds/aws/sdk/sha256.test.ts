import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Sha256 } from "./sha256.ts";

const hex = async (hash: Sha256): Promise<string> =>
  Buffer.from(await hash.digest()).toString("hex");

describe("SHA-256 for signatures", () => {
  // RFC 4231, test cases 1, 2, 3 and 6.
  it.each([
    [
      Buffer.alloc(20, 0x0b),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "Jefe",
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      Buffer.alloc(20, 0xaa),
      Buffer.alloc(50, 0xdd),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      Buffer.alloc(131, 0xaa),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("makes the HMAC of RFC 4231", async (secret, data, expected) => {
    const hmac = new Sha256(secret);
    hmac.update(Buffer.from(data));
    expect(await hex(hmac)).toBe(expected);
  });

  it("is what Node makes, in however many pieces, and again after a reset", async () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.option(bytes), fc.array(bytes), async (secret, pieces) => {
        const whole = Buffer.concat(pieces);
        const expected =
          secret === null
            ? createHash("sha256").update(whole).digest("hex")
            : createHmac("sha256", secret).update(whole).digest("hex");
        const hash = new Sha256(secret ?? undefined);
        for (let round = 0; round < 2; round += 1) {
          for (const piece of pieces) hash.update(piece);
          expect(await hex(hash)).toBe(expected);
          hash.reset();
        }
      }),
    );
  });
});
