import { expect, it } from "vitest";
import { oncePer } from "./once-per.ts";

it("makes a value once for each object, whatever it is", () => {
  const made: object[] = [];
  const make = oncePer((of: object): undefined => void made.push(of));
  const [one, another] = [{}, {}];
  for (const object of [one, another, one]) expect(make(object)).toBeUndefined();
  expect(made).toEqual([one, another]);
});
