import {
  type Answered,
  askAbout,
  countKinds,
  type Counts,
  expectedOf,
  plantedIn,
  plantEstate,
  type PlantedEstate,
  POLICY,
} from "../test/moto/planted-estate.ts";
import { askProduct } from "./aws-moto/product.ts";

type Subject = Awaited<ReturnType<typeof askAbout>>;

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
 * A question about 4,200 resources of eight types in one account of moto, first with its one Region
 * configured and then with every Region, and the first again. Seeding takes a minute. Moto names no
 * bucket's Region in its list and heeds no list of ARNs, so it needs some dozens of calls that AWS does
 * not. Its own speed says nothing about AWS.
 *
 * `--product yes` asks the built server instead (`npm run build` first), over stdio with every Region.
 * `--seed N` plants a like estate: in three other Regions, with other numbers of types and defects.
 */
export async function run(
  options: Readonly<Record<string, string>> = {},
): Promise<Record<string, number | string>> {
  const estate = await plantEstate(COUNTS, Number(options["seed"] ?? 0));
  if (options["product"] === "yes") return product(estate);
  const subject = await askAbout(estate);
  const everywhere = await askAbout(estate, []);
  try {
    const expected = expectedOf(estate.truth);
    const first = await subject.ask();
    const second = await subject.ask();
    const kinds = countKinds(first.result);
    const wrongKinds = Object.entries(expected.byKind).filter(([kind, n]) => kinds[kind] !== n);
    return {
      resources: first.result.total,
      regions: estate.regions.join(" "),
      off_by_total: first.result.total - plantedIn(estate),
      off_by_compliant: first.result.counts.compliant - expected.compliant,
      off_by_non_compliant: first.result.counts.non_compliant - expected.non_compliant,
      off_by_kinds: wrongKinds.length,
      complete: String(first.result.coverage.complete),
      calls: first.calls,
      seconds: round(first.seconds),
      client_cpu_seconds: round(first.cpuSeconds),
      second_question_calls: second.calls,
      second_question_seconds: round(second.seconds),
      ...(await figuresOf(everywhere, first)),
    };
  } finally {
    await everywhere.close();
    await subject.close();
    await estate.close();
  }
}

async function product(estate: PlantedEstate): Promise<Record<string, number | string>> {
  try {
    const figures = await askProduct(estate, POLICY);
    return Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        `product_${name}`,
        typeof value === "number" ? round(value) : value,
      ]),
    );
  } finally {
    await estate.close();
  }
}

/** Every Region: the same resources must be found. */
async function figuresOf(
  everywhere: Subject,
  one: Answered,
): Promise<Record<string, number | string>> {
  const all = await everywhere.ask();
  return {
    all_regions_calls: all.calls,
    all_regions_cells: all.result.coverage.cellsTotal,
    all_regions_complete: String(all.result.coverage.complete),
    all_regions_off_by: all.result.total - one.result.total,
    all_regions_seconds: round(all.seconds),
    all_regions_client_cpu_seconds: round(all.cpuSeconds),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
