import { expect, test } from "vitest";
import { locateFullName } from "./locate.ts";

test.each([
  [
    "//compute.googleapis.com/projects/my-project/zones/europe-west1-b/instances/vm",
    { account: "my-project", region: "europe-west1", types: ["compute.googleapis.com/Instance"] },
  ],
  [
    "//storage.googleapis.com/some-bucket",
    { account: undefined, region: undefined, types: ["storage.googleapis.com/Bucket"] },
  ],
  [
    "//pubsub.googleapis.com/projects/my-project/topics/t",
    { account: "my-project", region: undefined, types: ["pubsub.googleapis.com/Topic"] },
  ],
  [
    "//compute.googleapis.com/projects/my-project/regions/us-east1/addresses/a",
    {
      account: "my-project",
      region: "us-east1",
      types: ["compute.googleapis.com/Address", "compute.googleapis.com/GlobalAddress"],
    },
  ],
  [
    "//newservice.googleapis.com/projects/my-project/things/t",
    { account: "my-project", region: undefined, types: [] },
  ],
  ["arn:aws:s3:::b", undefined],
])("%s", (id, located) => {
  expect(locateFullName(id)).toEqual(located);
});
