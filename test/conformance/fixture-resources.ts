import * as z from "zod";
import { asUser, definePrompt } from "../../src/mcp/define-prompt.ts";
import { defineResource } from "../../src/mcp/define-resource.ts";
import { PNG } from "./media.ts";

const head = { title: "Conformance fixture", description: "What the official suite reads." };

/** Resources by the addresses the official suite reads, by our own stages. */
export const fixtureResources = [
  defineResource({
    ...head,
    name: "static_text",
    uri: "test://static-text",
    mimeType: "text/plain",
    input: z.strictObject({}),
    read: async () => [
      { mimeType: "text/plain", text: "This is the content of the static text resource." },
    ],
  }),
  defineResource({
    ...head,
    name: "static_binary",
    uri: "test://static-binary",
    mimeType: "image/png",
    input: z.strictObject({}),
    read: async () => [{ mimeType: "image/png", blob: PNG }],
  }),
  defineResource({
    ...head,
    name: "watched_resource",
    uri: "test://watched-resource",
    mimeType: "text/plain",
    input: z.strictObject({}),
    updatedBy: () => ["test://watched-resource"],
    read: async () => [{ mimeType: "text/plain", text: "Whoever subscribes is told of changes." }],
  }),
  defineResource({
    ...head,
    name: "template",
    uri: "test://template/{id}/data",
    mimeType: "application/json",
    input: z.strictObject({ id: z.string() }),
    read: async ({ id }) => {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return [{ mimeType: "application/json", text }];
    },
  }),
];

/** Prompts by the names the official suite asks for, by our own stages. */
export const fixturePrompts = [
  definePrompt({
    ...head,
    name: "test_simple_prompt",
    input: z.strictObject({}),
    messages: () => asUser("This is a simple prompt for testing."),
  }),
  definePrompt({
    ...head,
    name: "test_prompt_with_arguments",
    input: z.strictObject({ arg1: z.string(), arg2: z.string() }),
    complete: { arg1: async () => ["test", "testing"] },
    messages: ({ arg1, arg2 }) => asUser(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  }),
  definePrompt({
    ...head,
    name: "test_prompt_with_embedded_resource",
    input: z.strictObject({ resourceUri: z.string() }),
    messages: ({ resourceUri: uri }) => [
      {
        role: "user",
        content: {
          type: "resource",
          resource: { uri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        },
      },
      ...asUser("Please process the embedded resource above."),
    ],
  }),
  definePrompt({
    ...head,
    name: "test_prompt_with_image",
    input: z.strictObject({}),
    messages: () => [
      { role: "user", content: { type: "image", data: PNG, mimeType: "image/png" } },
      ...asUser("Please analyze the image above."),
    ],
  }),
];
