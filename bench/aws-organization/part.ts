/** One part in a process of its own: `<part> <setting as JSON>`. Prints its figures as JSON. */
import { z } from "zod";
import type { Figures, Setting } from "./figures.ts";
import { serve } from "./sandbox.ts";
import { scan } from "./scan.ts";
import { sweep } from "./sweep.ts";

const PARTS = { sandbox: serve, sweep, scan } as const;
export type Part = keyof typeof PARTS;

const [name, text = ""] = process.argv.slice(2);
const part: (setting: Setting) => Promise<Figures> =
  PARTS[z.enum(["sandbox", "sweep", "scan"]).parse(name)];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the program that starts this one
const figures = await part(JSON.parse(text) as Setting);
process.stdout.write(JSON.stringify(figures));
