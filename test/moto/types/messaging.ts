import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  TagResourceCommand as TagEvents,
  UntagResourceCommand as UntagEvents,
} from "@aws-sdk/client-eventbridge";
import {
  CreateDeliveryStreamCommand,
  FirehoseClient,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
} from "@aws-sdk/client-firehose";
import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  KinesisClient,
  RemoveTagsFromStreamCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateBrokerCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  MqClient,
} from "@aws-sdk/client-mq";
import {
  CreateStateMachineCommand,
  SFNClient,
  TagResourceCommand as TagStates,
  UntagResourceCommand as UntagStates,
} from "@aws-sdk/client-sfn";
import {
  CreateTopicCommand,
  SNSClient,
  TagResourceCommand as TagTopic,
  UntagResourceCommand as UntagTopic,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { byArn, known, regional, type Seed, type Settings } from "./seed.ts";

/** Queues, topics, streams, brokers, events and workflows. */
export function messagingSeeds(settings: Settings): readonly Seed[] {
  return [
    ...queueSeeds(settings),
    ...streamSeeds(settings),
    ...brokerSeeds(settings),
    ...eventSeeds(new EventBridgeClient(settings)),
    stateMachineSeed(new SFNClient(settings)),
  ];
}

function queueSeeds(settings: Settings): readonly Seed[] {
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  return [
    {
      type: "sqs:queue",
      create: async (name) => {
        const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
        return { arn: regional("sqs", name), key: known(QueueUrl) };
      },
      tag: ({ key }, name, value) =>
        sqs.send(new TagQueueCommand({ QueueUrl: key, Tags: { [name]: value } })),
      untag: ({ key }, name) => sqs.send(new UntagQueueCommand({ QueueUrl: key, TagKeys: [name] })),
    },
    {
      type: "sns:topic",
      create: async (name) =>
        byArn((await sns.send(new CreateTopicCommand({ Name: name }))).TopicArn),
      tag: ({ key }, Key, Value) =>
        sns.send(new TagTopic({ ResourceArn: key, Tags: [{ Key, Value }] })),
      untag: ({ key }, Key) => sns.send(new UntagTopic({ ResourceArn: key, TagKeys: [Key] })),
    },
  ];
}

function streamSeeds(settings: Settings): readonly Seed[] {
  const kinesis = new KinesisClient({
    ...settings,
    // Its default is HTTP/2, which moto does not speak.
    requestHandler: new NodeHttpHandler(),
  });
  const firehose = new FirehoseClient(settings);
  return [
    {
      type: "kinesis:stream",
      tagsUnseen: "not in moto's GetResources",
      create: async (name) => {
        await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
        return { arn: regional("kinesis", `stream/${name}`), key: name };
      },
      tag: ({ key }, name, value) =>
        kinesis.send(new AddTagsToStreamCommand({ StreamName: key, Tags: { [name]: value } })),
      untag: ({ key }, name) =>
        kinesis.send(new RemoveTagsFromStreamCommand({ StreamName: key, TagKeys: [name] })),
    },
    {
      type: "firehose:deliverystream",
      create: async (name) => {
        const answer = await firehose.send(
          new CreateDeliveryStreamCommand({
            DeliveryStreamName: name,
            ExtendedS3DestinationConfiguration: {
              RoleARN: "arn:aws:iam::123456789012:role/firehose",
              BucketARN: "arn:aws:s3:::bucket",
            },
          }),
        );
        return { arn: known(answer.DeliveryStreamARN), key: name };
      },
      tag: ({ key }, Key, Value) =>
        firehose.send(
          new TagDeliveryStreamCommand({ DeliveryStreamName: key, Tags: [{ Key, Value }] }),
        ),
      untag: ({ key }, Key) =>
        firehose.send(new UntagDeliveryStreamCommand({ DeliveryStreamName: key, TagKeys: [Key] })),
    },
  ];
}

function brokerSeeds(settings: Settings): readonly Seed[] {
  const mq = new MqClient(settings);
  return [
    {
      type: "mq:broker",
      tagsUnseen: "not in moto's GetResources",
      create: async (name) => {
        const answer = await mq.send(
          new CreateBrokerCommand({
            BrokerName: name,
            DeploymentMode: "SINGLE_INSTANCE",
            EngineType: "ACTIVEMQ",
            EngineVersion: "5.18",
            HostInstanceType: "mq.t3.micro",
            PubliclyAccessible: false,
            AutoMinorVersionUpgrade: true,
            Users: [{ Username: "admin", Password: "only-in-moto" }],
          }),
        );
        return byArn(answer.BrokerArn);
      },
      tag: ({ key }, name, value) =>
        mq.send(new CreateTagsCommand({ ResourceArn: key, Tags: { [name]: value } })),
      untag: ({ key }, name) =>
        mq.send(new DeleteTagsCommand({ ResourceArn: key, TagKeys: [name] })),
    },
  ];
}

function eventSeeds(events: EventBridgeClient): readonly Seed[] {
  const tagging: Pick<Seed, "tag" | "untag"> = {
    tag: ({ key }, Key, Value) =>
      events.send(new TagEvents({ ResourceARN: key, Tags: [{ Key, Value }] })),
    untag: ({ key }, Key) => events.send(new UntagEvents({ ResourceARN: key, TagKeys: [Key] })),
  };
  return [
    {
      type: "events:event-bus",
      hasDefaults: true,
      create: async (name) =>
        byArn((await events.send(new CreateEventBusCommand({ Name: name }))).EventBusArn),
      ...tagging,
    },
    {
      type: "events:rule",
      tagsUnseen: "not in moto's GetResources",
      create: async (name) => {
        const EventBusName = `of-${name}`;
        await events.send(new CreateEventBusCommand({ Name: EventBusName }));
        const answer = await events.send(
          new PutRuleCommand({ Name: name, EventBusName, EventPattern: '{"source":["a"]}' }),
        );
        return byArn(answer.RuleArn);
      },
      ...tagging,
    },
  ];
}

function stateMachineSeed(states: SFNClient): Seed {
  return {
    type: "states:stateMachine",
    create: async (name) => {
      const answer = await states.send(
        new CreateStateMachineCommand({
          name,
          roleArn: "arn:aws:iam::123456789012:role/states",
          definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
        }),
      );
      return byArn(answer.stateMachineArn);
    },
    tag: ({ key }, name, value) =>
      states.send(new TagStates({ resourceArn: key, tags: [{ key: name, value }] })),
    untag: ({ key }, name) => states.send(new UntagStates({ resourceArn: key, tagKeys: [name] })),
  };
}
