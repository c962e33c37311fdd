import { CompiledQuery, type DialectAdapter, type QueryResult, type Transaction } from "kysely";
import type { Database } from "../schema.ts";

/**
 * A statement whose text depends on nothing but how many parameters it has. Making such a text takes
 * Kysely as long as the database takes to do what it says, so it is made once and given other parameters
 * from then on. Being the same string each time, it also finds its prepared statement at once.
 */
export class SizedStatement {
  /** Of each database its texts by their number of parameters: databases do not all speak the same SQL. */
  readonly #texts = new WeakMap<DialectAdapter, Map<number, string>>();

  /**
   * @param parameters in the order in which the text has them.
   * @param compile makes the statement with these parameters. Where it turns out to have others, as
   * from a compiler that sends a list as one array, it is made anew each time.
   */
  execute<Row>(
    trx: Transaction<Database>,
    parameters: readonly unknown[],
    compile: () => CompiledQuery<Row>,
  ): Promise<QueryResult<Row>> {
    const texts = this.#textsFor(trx);
    const text = texts.get(parameters.length);
    if (text !== undefined) return run(trx, text, parameters);
    const made = compile();
    if (isEqual(made.parameters, parameters)) texts.set(parameters.length, made.sql);
    return run(trx, made.sql, made.parameters);
  }

  #textsFor(trx: Transaction<Database>): Map<number, string> {
    const { adapter } = trx.getExecutor();
    let texts = this.#texts.get(adapter);
    if (texts === undefined) this.#texts.set(adapter, (texts = new Map()));
    return texts;
  }
}

/** Without the tree that Kysely made the text from, which is many times larger. */
function run<Row>(
  trx: Transaction<Database>,
  text: string,
  parameters: readonly unknown[],
): Promise<QueryResult<Row>> {
  return trx.executeQuery({ ...CompiledQuery.raw(text), parameters });
}

function isEqual(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((value, at) => Object.is(value, others[at]));
}
