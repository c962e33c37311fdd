import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hmacSha256 } from "./hmac.ts";

it("is the HMAC that Node computes, whatever came before", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.array(fc.string({ unit: "binary", maxLength: 300 }), { maxLength: 5 }),
      (key, messages) => {
        for (const message of messages)
          expect(hmacSha256(key, message)).toBe(
            createHmac("sha256", key).update(message).digest("base64url"),
          );
      },
    ),
  );
});
