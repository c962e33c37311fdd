import { z } from "zod";
import type { EstateResource } from "../estate/types.ts";
import { pageOf } from "./list-page.ts";
import { element, failure, json, xml } from "./protocol.ts";
import { type AwsService, operation, readForm, readTarget } from "./service.ts";
import { COMMON_ERRORS } from "./empty-lists.ts";

const MOST_QUEUES = 1000;
const queuesInput = z.object({
  MaxResults: z.int().min(1).max(MOST_QUEUES).optional(),
  NextToken: z.string().default(""),
});

/** SQS (2012-11-05): queues by URL. Without a page size a list stops at 1,000 and gives no token. */
export const sqsService: AwsService = {
  protocol: "json-1.0",
  global: false,
  lists: new Set(["ListQueues"]),
  read: (request) => readTarget(request, "AmazonSQS", "NextToken"),
  operations: {
    ListQueues: operation(queuesInput, "InvalidParameterValue", (input, call) => {
      const limit = input.MaxResults ?? MOST_QUEUES;
      const page = pageOf(call, { type: "sqs:queue", token: input.NextToken, limit });
      if (page === undefined) return COMMON_ERRORS.expirePage;
      const { account, region } = call;
      const urlOf = ({ id }: EstateResource): string =>
        `https://sqs.${region}.amazonaws.com/${account}/${id.slice(id.lastIndexOf(":") + 1)}`;
      const NextToken = input.MaxResults === undefined ? undefined : page.next;
      return json({ QueueUrls: page.resources.map(urlOf), ...(NextToken && { NextToken }) });
    }),
  },
  errors: COMMON_ERRORS,
};

const TOPICS_PER_PAGE = 100;

/** SNS (2010-03-31): topics by ARN. */
export const snsService: AwsService = {
  protocol: "query",
  global: false,
  lists: new Set(["ListTopics"]),
  read: readForm,
  operations: {
    ListTopics: operation(z.record(z.string(), z.string()), "InvalidParameter", (input, call) => {
      const token = input["NextToken"] ?? "";
      const page = pageOf(call, { type: "sns:topic", token, limit: TOPICS_PER_PAGE });
      if (page === undefined) return failure("InvalidParameter", "Invalid parameter: NextToken");
      const members = page.resources.map(({ id }) => `<member>${element("TopicArn", id)}</member>`);
      const next = page.next === undefined ? "" : element("NextToken", page.next);
      return xml(
        `<ListTopicsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListTopicsResult><Topics>${members.join("")}</Topics>${next}</ListTopicsResult></ListTopicsResponse>`,
      );
    }),
  },
  errors: COMMON_ERRORS,
};
