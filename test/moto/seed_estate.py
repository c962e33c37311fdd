"""Serves moto with an estate made inside its own process, which is far faster than over HTTP.

Argument: a JSON object of how many resources of each type to make, all in us-east-1. Prints one line of
JSON, the server's URL and the truth of what was planted, and serves until its input ends.
"""

import io
import json
import os
import sys
import zipfile

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")

import boto3
from moto import mock_aws
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
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


def client(service):
    return boto3.client(service, region_name=REGION)


def instances(count):
    ec2 = client("ec2")
    made = []
    while len(made) < count:
        answer = ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=min(500, count - len(made))
        )
        made += [instance["InstanceId"] for instance in answer["Instances"]]
    groups = {}
    for index, name in enumerate(made):
        groups.setdefault(PLANTED[index % len(PLANTED)], []).append(name)
    for planted, names in groups.items():
        if planted != "never_tagged":
            ec2.create_tags(Resources=names, Tags=pairs(tags_of(planted)))


def buckets(s3):
    def make(name, tags):
        s3.create_bucket(Bucket=name)
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})

    return make


def functions(awslambda):
    iam = boto3.client("iam", region_name=REGION)
    role = iam.create_role(RoleName="planted", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
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


MAKERS = {
    "s3:bucket": lambda: buckets(client("s3")),
    "lambda:function": lambda: functions(client("lambda")),
    "sqs:queue": lambda: lambda name, tags, sqs=client("sqs"): sqs.create_queue(
        QueueName=name, tags=tags
    ),
    "rds:db": lambda: database(client("rds")),
    "sns:topic": lambda: lambda name, tags, sns=client("sns"): sns.create_topic(
        Name=name, Tags=pairs(tags)
    ),
    "dynamodb:table": lambda: table(client("dynamodb")),
    "logs:log-group": lambda: log_group(client("logs")),
}


def main():
    counts = json.loads(sys.argv[1])
    truth = dict.fromkeys(PLANTED, 0)
    with mock_aws():
        for kind, count in counts.items():
            for index in range(count):
                truth[PLANTED[index % len(PLANTED)]] += 1
            if kind == "ec2:instance":
                instances(count)
                continue
            make = MAKERS[kind]()
            for index in range(count):
                make(f"planted-{index}", tags_of(PLANTED[index % len(PLANTED)]))
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        print(json.dumps({"url": f"http://{host}:{port}", "truth": truth}), flush=True)
        sys.stdin.read()
        server.stop()


main()
