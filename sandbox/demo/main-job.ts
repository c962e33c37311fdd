import { z } from "zod";
import type { Sandbox } from "../index.ts";
import type { Product } from "./product.ts";

interface Step {
  readonly title: string;
  readonly args: readonly string[];
}

const Untagged = z.object({ resources: z.array(z.object({ id: z.string() })) });

/**
 * The questions in the order a person asks them, each as the command that answers it: what breaks the
 * policy, what that means for the bill, where tags are missing, and what they should be.
 * @returns The exit code of the first command that did not go well.
 */
export async function showMainJob(product: Product, sandbox: Sandbox): Promise<number> {
  const { options, accounts } = sandbox.estate;
  process.stdout.write(
    `Simulated company: ${options.resources.toLocaleString("en")} resources in ${accounts.length} accounts of three clouds (seed ${options.seed}).\n`,
  );
  const first = await show(product, [
    { title: "How compliant are our tags?", args: ["scan", "--limit", "3"] },
    {
      title: "How much of last month's AWS bill can nobody answer for, and what helps most?",
      args: ["gap", "--cloud", "aws", "--limit", "3"],
    },
    {
      title: "Which resources lack tags?",
      args: ["untagged", "--type", "ec2:instance,s3:bucket", "--limit", "3"],
    },
  ]);
  if (first !== 0) return first;
  const suggested = await show(product, [
    { title: "What should these tags be?", args: ["suggest", ...(await incompleteIds(product))] },
  ]);
  process.stdout.write(
    `\n${heading("And over time?")}\n  tag-compliance snapshot --scheduled, once a day (or leave serve running), then history and drift.\n`,
  );
  return suggested;
}

async function show(product: Product, steps: readonly Step[]): Promise<number> {
  for (const { title, args } of steps) {
    process.stdout.write(`\n${heading(title)}\n$ tag-compliance ${args.map(quoted).join(" ")}\n\n`);
    const exit = await product.run(args);
    if (exit !== 0) return exit;
  }
  return 0;
}

/** Of two instances that carry some of the required tags: there is something to learn from. */
async function incompleteIds(product: Product): Promise<readonly string[]> {
  const args = ["untagged", "--type", "ec2:instance", "--category", "missing_required"];
  const answer = await product.capture([...args, "--limit", "2", "--json"]);
  return Untagged.parse(JSON.parse(answer)).resources.map(({ id }) => id);
}

function heading(title: string): string {
  return `--- ${title}`;
}

function quoted(argument: string): string {
  return /^[\w./:,@=-]+$/.test(argument) ? argument : `'${argument}'`;
}
