import { expect, it } from "vitest";
import { createEstate } from "../../sandbox/estate/estate.ts";
import { awsBilledType } from "../../src/clouds/aws/billed-type.ts";
import { azureBilledType } from "../../src/clouds/azure/billed-type.ts";
import { gcpBilledType, gcpChargedType } from "../../src/clouds/gcp/billed-type.ts";

it.each([
  ["i-0123456789abcdef0", "AmazonEC2", "ec2:instance"],
  ["vol-0123456789abcdef0", "AmazonEC2", "ec2:volume"],
  ["my-bucket", "AmazonS3", "s3:bucket"],
  ["my-bucket", "AmazonCloudFront", null],
  ["arn:aws:rds:us-east-1:111122223333:db:x", "AmazonRDS", "rds:db"],
  ["arn:aws:made-up:us-east-1:111122223333:thing/x", "AmazonX", null],
])("AWS %s of %s is %s", (id, service, type) => {
  expect(awsBilledType(id, service)).toBe(type);
});

it.each([
  [
    "//compute.googleapis.com/projects/1/zones/z/instances/8127",
    "Compute Engine",
    "compute.googleapis.com/Instance",
  ],
  [
    "//compute.googleapis.com/projects/1/zones/z/disk/5521",
    "Compute Engine",
    "compute.googleapis.com/Disk",
  ],
  ["projects/1/instances/web-1", "Compute Engine", "compute.googleapis.com/Instance"],
  [
    "//cloudsql.googleapis.com/projects/p/instances/i",
    "Cloud SQL",
    "sqladmin.googleapis.com/Instance",
  ],
  [
    "//storage.googleapis.com/projects/_/buckets/b",
    "Cloud Storage",
    "storage.googleapis.com/Bucket",
  ],
  ["//storage.googleapis.com/b", null, "storage.googleapis.com/Bucket"],
  ["my-bucket", "Cloud Storage", "storage.googleapis.com/Bucket"],
  ["web-1", "Compute Engine", null],
  ["projects/1/instances/web-1", "Some Service", null],
  ["//compute.googleapis.com/projects/1/zones/z/gizmos/1", "Compute Engine", null],
])("GCP %s of %s is %s", (name, service, type) => {
  expect(gcpChargedType(name, service)).toBe(type);
});

it("tells the type of every resource of an estate from its id alone", () => {
  const estate = createEstate({ seed: 3, resources: 600 });
  const wrong = estate.groups.flatMap((group) => {
    const { id, type, cloud } = estate.resource(group, 0);
    // Accounts are not billed as resources.
    if (/subscriptions(?:\/resourceGroups)?$|\/Project$/.test(type)) return [];
    const of = {
      aws: () => awsBilledType(id, null),
      azure: () => azureBilledType(id),
      gcp: () => gcpBilledType(id, null),
    };
    const found = of[cloud]();
    return found === type ? [] : [{ id, type, found }];
  });
  expect(wrong).toEqual([]);
});
