"""Serves moto with an estate made inside its own process, which is far faster than over HTTP.

Arguments: a JSON object of how many resources of each type to make, and a seed. Seed 0 makes them all in
us-east-1, in the proportions below; any other draws three Regions, the share of each and of every defect,
and half to one and a half times as many of each type. Prints one line of JSON, the server's URL and the
truth of what was planted, and serves until its input ends.
"""

import io
import json
import os
import random
import sys
import zipfile

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")

import boto3
from moto import mock_aws
from moto.server import ThreadedMotoServer

HOME = "us-east-1"
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1"]
COMPLIANT = {
    "CostCenter": "Engineering",
    "Environment": "production",
    "Owner": "ops@example.com",
    "Name": "planted",
}

# Of every 20 resources: 9 keep the policy, 4 never had a tag, the others have one defect each.
PLANTED = (
    ["compliant"] * 9
    + ["never_tagged"] * 4
    + ["missing"] * 2
    + ["mis_cased"] * 2
    + ["mistyped"] * 2
    + ["empty"]
)


def tags_of(planted):
    tags = dict(COMPLIANT)
    if planted == "never_tagged":
        return {}
    if planted == "missing":
        del tags["CostCenter"]
    elif planted == "mis_cased":
        tags["costcenter"] = tags.pop("CostCenter")
    elif planted == "mistyped":
        tags["Environment"] = "prodction"
    elif planted == "empty":
        tags["Owner"] = ""
    return tags


def pairs(tags, key="Key", value="Value"):
    return [{key: k, value: v} for k, v in tags.items()]


def instances(ec2, states):
    made = []
    while len(made) < len(states):
        answer = ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=min(500, len(states) - len(made))
        )
        made += [instance["InstanceId"] for instance in answer["Instances"]]
    groups = {}
    for name, planted in zip(made, states):
        groups.setdefault(planted, []).append(name)
    for planted, names in groups.items():
        if planted != "never_tagged":
            ec2.create_tags(Resources=names, Tags=pairs(tags_of(planted)))


def buckets(s3):
    region = s3.meta.region_name
    place = {} if region == HOME else {"LocationConstraint": region}

    def make(name, tags):
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})

    return make


def functions(awslambda):
    iam = boto3.client("iam", region_name=HOME)
    name = f"planted-{awslambda.meta.region_name}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return event\n")
    return lambda name, tags: awslambda.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        Tags=tags,
    )


def database(rds):
    return lambda name, tags: rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        Tags=pairs(tags),
    )


def table(dynamodb):
    return lambda name, tags: dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=pairs(tags),
    )


def log_group(logs):
    def make(name, tags):
        logs.create_log_group(logGroupName=name, **({"tags": tags} if tags else {}))

    return make


def queue(sqs):
    return lambda name, tags: sqs.create_queue(QueueName=name, tags=tags)


def topic(sns):
    return lambda name, tags: sns.create_topic(Name=name, Tags=pairs(tags))


MAKERS = {
    "s3:bucket": ("s3", buckets),
    "lambda:function": ("lambda", functions),
    "sqs:queue": ("sqs", queue),
    "rds:db": ("rds", database),
    "sns:topic": ("sns", topic),
    "dynamodb:table": ("dynamodb", table),
    "logs:log-group": ("logs", log_group),
}


def drawn(rng, names, count):
    """So many names, each with a share of its own."""
    return rng.choices(names, weights=[rng.uniform(0.2, 1) for _ in names], k=count)


def plan(counts, seed):
    """Of each type, the Region and the state of each resource."""
    if seed == 0:
        return {
            kind: [(HOME, PLANTED[index % len(PLANTED)]) for index in range(count)]
            for kind, count in counts.items()
        }
    rng = random.Random(seed)
    regions = rng.sample(REGIONS, 3)
    states = sorted(set(PLANTED))
    sizes = {kind: round(count * rng.uniform(0.5, 1.5)) for kind, count in counts.items()}
    return {
        kind: list(zip(drawn(rng, regions, size), drawn(rng, states, size)))
        for kind, size in sizes.items()
    }


def plant(kind, region, states):
    if kind == "ec2:instance":
        instances(boto3.client("ec2", region_name=region), states)
        return
    service, maker = MAKERS[kind]
    make = maker(boto3.client(service, region_name=region))
    for index, planted in enumerate(states):
        make(f"planted-{region}-{index}", tags_of(planted))


def main():
    planned = plan(json.loads(sys.argv[1]), int(sys.argv[2]))
    truth = dict.fromkeys(PLANTED, 0)
    regions = sorted({region for rows in planned.values() for region, _ in rows})
    with mock_aws():
        for kind, rows in planned.items():
            for _, planted in rows:
                truth[planted] += 1
            for region in regions:
                plant(kind, region, [planted for place, planted in rows if place == region])
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        counts = {kind: len(rows) for kind, rows in planned.items()}
        url = f"http://{host}:{port}"
        told = {"url": url, "truth": truth, "counts": counts, "regions": regions}
        print(json.dumps(told), flush=True)
        sys.stdin.read()
        server.stop()


main()
