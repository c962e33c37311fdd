import { describe, expect, it } from "vitest";
import { assetTypeFilter, searchFilter } from "./asset-filter.ts";

const KNOWN = new Set([
  "compute.googleapis.com/Instance",
  "compute.googleapis.com/Disk",
  "storage.googleapis.com/Bucket",
]);

describe("assetTypeFilter", () => {
  it.each([
    [[], ["compute.googleapis.com/Disk", "storage.googleapis.com/Bucket"]],
    [["compute.googleapis.com/Disk"], ["compute.googleapis.com/Disk"]],
    [["compute.googleapis.com.*"], ["compute.googleapis.com/Disk"]],
    [[".*(Disk|Bucket)"], ["compute.googleapis.com/Disk", "storage.googleapis.com/Bucket"]],
    // Part of a type is no match, and the other type in the list still counts.
    [["redis.googleapis.com/Instance", ".*Bucket"], ["storage.googleapis.com/Bucket"]],
  ])("%j", (patterns, expected) => {
    const filter = assetTypeFilter(patterns, KNOWN);
    const candidates = ["compute.googleapis.com/Disk", "storage.googleapis.com/Bucket"];
    expect(filter.ok && candidates.filter(filter.matches)).toEqual(expected);
  });

  it.each([
    ["compute.googleapis.com/Instance,storage.googleapis.com/Bucket"],
    ["Instance"],
    ["(unclosed"],
    ["(?=lookahead)x"],
  ])("refuses %s", (pattern) => {
    expect(assetTypeFilter([pattern], KNOWN).ok).toBe(false);
  });
});

describe("searchFilter", () => {
  it.each([
    ["", ["us-central1-a", "us-central1", "us-central2", "us", "global"]],
    ["location:us-central1", ["us-central1-a", "us-central1"]],
    ["location:us-central*", ["us-central1-a", "us-central1", "us-central2"]],
    ["location=us-central1", ["us-central1"]],
    ['location="us"', ["us"]],
    ["location:(global OR us-central2)", ["us-central2", "global"]],
    ["location:us AND location:central1", ["us-central1-a", "us-central1"]],
    ["location:us location:a", ["us-central1-a"]],
  ])("%s", (query, expected) => {
    const filter = searchFilter(query);
    const candidates = ["us-central1-a", "us-central1", "us-central2", "us", "global"];
    expect(filter.ok && candidates.filter(filter.location)).toEqual(expected);
  });

  it("finds a project by its number, and both of its fields at once", () => {
    const filter = searchFilter("project:(123 OR 45) location:(us OR global)");
    const projects = ["projects/123", "projects/1234", "projects/45", ""];
    expect(filter.ok && projects.filter(filter.project)).toEqual(["projects/123", "projects/45"]);
    expect(filter.ok && ["us", "eu", "global"].filter(filter.location)).toEqual(["us", "global"]);
  });

  it.each([["labels.env:*"], ["NOT location:us"], ["location:us OR location:eu"], ["us-central1"]])(
    "refuses %s",
    (query) => {
      expect(searchFilter(query).ok).toBe(false);
    },
  );
});
