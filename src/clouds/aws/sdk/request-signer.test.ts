import { STSClient } from "@aws-sdk/client-sts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Credentials, Signer } from "./connect.ts";
import { createRequestSigner } from "./request-signer.ts";

const word = fc.stringMatching(/^[a-zA-Z0-9/+=._ -]{1,20}$/);
const credentials = fc.record(
  {
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: word,
    sessionToken: word,
  },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);
const headers = fc.dictionary(
  fc.constantFrom("host", "content-type", "x-amz-target", "user-agent", "amz-sdk-request", "te"),
  fc.stringMatching(/^[ -~]{1,20}$/),
);
const segment = fc.string({
  unit: fc.constantFrom(...Array.from("abcXYZ019-_.~!'()* :%é")),
  minLength: 1,
});
const request = fc.record(
  {
    protocol: fc.constant("https:"),
    hostname: fc.constant("tagging.eu-west-1.amazonaws.com"),
    method: fc.constantFrom("GET", "POST"),
    path: fc
      .array(segment.filter((text) => !/^\.\.?$/.test(text)))
      .map((segments) => `/${segments.map(encodeURIComponent).join("/")}`),
    query: fc.dictionary(segment, segment),
    headers,
    body: fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array(), fc.constant(null)),
  },
  { requiredKeys: ["protocol", "hostname", "method", "path", "headers"] },
);
const wanted = fc.record({
  signingDate: fc.date({
    min: new Date("2015-08-30T12:36:00Z"),
    max: new Date("2100-01-01T00:00:00Z"),
    noInvalidDate: true,
  }),
  signingRegion: fc.constantFrom("us-east-1", "eu-west-1"),
  signingService: fc.constantFrom("tagging", "eks"),
});

describe("signatures", () => {
  test("are those of the SDK's own signer", async () => {
    await fc.assert(
      fc.asyncProperty(credentials, fc.array(fc.tuple(request, wanted)), async (keys, all) => {
        const theirs = await sdkSigner(keys);
        const ours = createRequestSigner(keys);
        for (const [one, how] of all)
          expect((await ours.sign({ ...one }, how)).headers).toEqual(
            (await theirs.sign({ ...one }, how)).headers,
          );
      }),
    );
  });

  // Amazon S3 API Reference, "Signature Calculations for the Authorization Header", "GET Bucket Lifecycle".
  test("are those of AWS's example", async () => {
    const signer = createRequestSigner({
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    });
    const host = "examplebucket.s3.amazonaws.com";
    const signed = await signer.sign(
      {
        protocol: "https:",
        hostname: host,
        method: "GET",
        path: "/",
        query: { lifecycle: "" },
        headers: { host },
      },
      {
        signingDate: new Date("2013-05-24T00:00:00Z"),
        signingRegion: "us-east-1",
        signingService: "s3",
      },
    );
    expect(signed.headers["authorization"]).toContain(
      "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    );
  });
});

/** As every client of the SDK makes it. */
async function sdkSigner(keys: Credentials): Promise<Signer> {
  const { config } = new STSClient({ region: "us-east-1", credentials: keys });
  return config.signer({
    name: "sigv4",
    signingName: "sts",
    signingRegion: "us-east-1",
    properties: {},
  });
}
