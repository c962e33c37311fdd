import {
  askAbout,
  countKinds,
  type Counts,
  expectedOf,
  plantEstate,
} from "../test/moto/planted-estate.ts";

const COUNTS: Counts = {
  "ec2:instance": 2000,
  "s3:bucket": 300,
  "lambda:function": 500,
  "sqs:queue": 500,
  "rds:db": 200,
  "sns:topic": 200,
  "dynamodb:table": 200,
  "logs:log-group": 300,
};

/**
 * A question about 4,200 resources of eight types in one account and Region of moto, and the same again.
 * Seeding takes a minute. Moto names no bucket's Region in its list and heeds no list of ARNs, so it needs
 * one call a bucket and some dozens for tags that AWS does not. Its own speed says nothing about AWS.
 */
export async function run(): Promise<Record<string, number | string>> {
  const estate = await plantEstate(COUNTS);
  const subject = await askAbout(estate, COUNTS);
  try {
    const expected = expectedOf(estate.truth);
    const first = await subject.ask();
    const second = await subject.ask();
    const kinds = countKinds(first.result);
    const wrongKinds = Object.entries(expected.byKind).filter(([kind, n]) => kinds[kind] !== n);
    return {
      resources: first.result.total,
      off_by_compliant: first.result.counts.compliant - expected.compliant,
      off_by_non_compliant: first.result.counts.non_compliant - expected.non_compliant,
      off_by_kinds: wrongKinds.length,
      complete: String(first.result.coverage.complete),
      calls: first.calls,
      seconds: round(first.seconds),
      client_cpu_seconds: round(first.cpuSeconds),
      second_question_calls: second.calls,
      second_question_seconds: round(second.seconds),
    };
  } finally {
    await subject.close();
    await estate.close();
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
