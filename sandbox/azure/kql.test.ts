import { describe, expect, it } from "vitest";
import { COLUMNS, parseKql } from "./kql.ts";
import { computedValue } from "./kql-columns.ts";

function queryOf(text: string) {
  const parsed = parseKql(text);
  if (!parsed.ok) throw new Error(`not read: ${JSON.stringify(parsed.failure)}`);
  return parsed.query;
}

function failureOf(text: string) {
  const parsed = parseKql(text);
  if (parsed.ok) throw new Error(`read: ${text}`);
  return parsed.failure;
}

describe("parseKql", () => {
  it("reads the query a scan sends", () => {
    const query = queryOf(
      `resources
       | where subscriptionId == 'a-b' and type in~ ('Microsoft.Compute/disks', "microsoft.web/sites")
       | where location !in~ ('global')
       | project id, name, tags
       | order by id asc`,
    );
    expect(query).toEqual({
      table: "resources",
      columns: ["id", "name", "tags"],
      conditions: [
        { column: "subscriptionId", negated: false, ignoreCase: false, values: ["a-b"] },
        {
          column: "type",
          negated: false,
          ignoreCase: true,
          values: ["Microsoft.Compute/disks", "microsoft.web/sites"],
        },
        { column: "location", negated: true, ignoreCase: true, values: ["global"] },
      ],
      computed: [],
    });
  });

  it.each([
    ["==", false, false],
    ["!=", true, false],
    ["=~", false, true],
    ["!~", true, true],
  ])("%s: negated %s, without case %s", (operator, negated, ignoreCase) => {
    expect(queryOf(`resources | where type ${operator} 'x'`).conditions).toEqual([
      { column: "type", negated, ignoreCase, values: ["x"] },
    ]);
  });

  it("projects everything unless told otherwise, and reads escapes and both spellings of a table", () => {
    const query = queryOf(String.raw`ResourceContainers | where type == 'it\'s'`);
    expect(query.table).toBe("resourcecontainers");
    expect(query.columns).toBe(COLUMNS);
    expect(query.conditions[0]?.values).toEqual(["it's"]);
  });

  it("makes columns of the properties: the first text that is there, else an empty one", () => {
    const query = queryOf(
      "resources | project id, x = coalesce(tostring(properties.a[1].b), tostring(properties.c)), " +
        "y = tostring(properties.c)",
    );
    expect(query.columns).toEqual(["id", "x", "y"]);
    const values = (properties: object): readonly string[] =>
      query.computed.map((column) => computedValue(column, properties));
    expect(values({ a: [{ b: "first" }, { b: "second" }], c: "third" })).toEqual([
      "second",
      "third",
    ]);
    expect(values({ a: null, c: "third" })).toEqual(["third", "third"]);
    expect(values({ a: [{ b: "first" }] })).toEqual(["", ""]);
  });

  it.each([
    ["resources | summarize count() by type", "count_", ["type"]],
    ["resources | summarize n = count() by type, location", "n", ["type", "location"]],
  ])("%s", (text, name, columns) => {
    expect(queryOf(text).countBy).toEqual({ name, columns });
  });

  it.each([
    ["", "<EOF>"],
    ["virtualmachines", "virtualmachines"],
    ["resources | extend x = 1", "extend"],
    ["resources | where isnull(tags)", "isnull"],
    ["resources | where type =~ 'a' or type =~ 'b'", "or"],
    ["resources | where tags['env'] =~ 'prod'", "tags"],
    ["resources | where type contains 'vm'", "contains"],
    ["resources | project id, cost", "cost"],
    ["resources | project x = id", "id"],
    ["resources | project x = tostring(tags.env)", "tags"],
    ["resources | project x = tostring(properties.a[b])", "b"],
    ["resources | order by id", "<EOF>"],
    ["resources | order by id desc", "desc"],
    ["resources | order by name asc", "name"],
    ["resources | project id | where type =~ 'a'", "where"],
    ["resources | where type =~ 'unclosed", "'"],
    ["resources | limit 5", "limit"],
    ["resources |", "<EOF>"],
    ["resources | summarize count() by name", "name"],
  ])("refuses %s at %s", (text, token) => {
    expect(failureOf(text).token).toBe(token);
  });

  it("says where it stopped", () => {
    expect(failureOf("resources\n| wher type == 'x'")).toEqual({
      line: 2,
      characterPositionInLine: 2,
      token: "wher",
      expectedToken: "where | union | project | summarize | order | sort",
    });
  });
});
