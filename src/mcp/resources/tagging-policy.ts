import * as z from "zod";
import type { GetPolicy } from "../../app/get-policy.ts";
import { defineResource } from "../define-resource.ts";
import getTaggingPolicy from "../tools/get-tagging-policy.ts";

export default defineResource({
  name: "tagging_policy",
  uri: "policy://tagging",
  title: "Tagging policy",
  description: "The tagging policy in force, with source, hash and lint findings.",
  mimeType: "application/json",
  input: z.strictObject({}),
  updatedBy: ({ kind }) => (kind === "policy" ? ["policy://tagging"] : []),
  async read(_variables, deps: { readonly getPolicy: GetPolicy }, context) {
    const policy = await getTaggingPolicy.run(
      { tags: [], response_format: "detailed" },
      deps,
      context,
    );
    return [{ mimeType: "application/json", text: JSON.stringify(policy) }];
  },
});
