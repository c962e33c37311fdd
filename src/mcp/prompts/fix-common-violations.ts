import * as z from "zod";
import { asUser, definePrompt } from "../define-prompt.ts";
import { scopeArguments, scopeCompletion, scopeText } from "./arguments.ts";

export default definePrompt({
  name: "fix_common_violations",
  title: "Find and fix common violations",
  description:
    "Finds the most frequent violations, tells mistakes of the policy from mistakes of the tags, and proposes values with evidence.",
  input: z.strictObject({
    ...scopeArguments,
    tag: z
      .string()
      .regex(/^[\w.:/@+=-]{1,128}$/)
      .optional()
      .describe("Only violations of this tag key; empty = the most frequent ones"),
  }),
  complete: scopeCompletion,
  messages: ({ tag, ...scope }) =>
    asUser(
      tag === undefined
        ? "Find our most frequent tag violations and propose how to fix them."
        : `Find why resources break the policy for the tag key ${JSON.stringify(tag)}, and propose how to fix them.`,
      `Use these arguments in every call that takes them: ${scopeText(scope)}`,
      "",
      "Call, in this order:",
      '1. check_tag_compliance with severity "errors_only": the most frequent problems and their resources.',
      "2. get_tagging_policy: the values and the spelling that the rules allow.",
      "3. check_cross_cloud_consistency: keys and values that mean the same and are spelled differently; fixing the spelling is cheaper than tagging anew.",
      "4. find_untagged_resources: what carries no tags at all.",
      "5. suggest_tags for the resources worth fixing, at most 100 a call: values with confidence and evidence.",
      "",
      "Then give me a table: resource, tag, value now, value proposed, confidence, evidence. Put values that the policy should allow instead in a list of their own. Propose nothing below the confidence that suggest_tags calls reliable, never replace a value that the policy allows, and change nothing: I decide.",
    ),
});
