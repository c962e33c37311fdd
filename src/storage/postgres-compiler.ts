import {
  type BinaryOperationNode,
  InsertQueryNode,
  type OperationNode,
  OperatorNode,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  type ValuesNode,
} from "kysely";

/** From this many values on, one array is cheaper than as many parameters. */
const WORTH_AN_ARRAY = 8;

type Values = readonly unknown[];

/**
 * Sends many rows and long `in` lists as arrays. One parameter per value makes a text of its own for every
 * count and has PostgreSQL parse thousands of parameters; `unnest` and `any` are short, always the same
 * and several times faster. The meaning stays that of the statement as written.
 */
export class ArrayCompiler extends PostgresQueryCompiler {
  protected override visitValues(node: ValuesNode): void {
    const columns = InsertQueryNode.is(this.parentNode ?? node) ? columnsOf(node) : undefined;
    if (columns === undefined) {
      super.visitValues(node);
      return;
    }
    const names = columns.map(({ type }, at) => (type === null ? "null" : `c${at}`));
    this.append(`select ${names.join(", ")} from unnest(`);
    const given = columns.filter(({ type }) => type !== null);
    for (const [at, { values, type }] of given.entries()) {
      if (at > 0) this.append(", ");
      this.appendValue(values);
      this.append(`::${type}[]`);
    }
    this.append(`) as given (${names.filter((name) => name !== "null").join(", ")})`);
  }

  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const list = longList(node);
    const type = list === undefined ? undefined : arrayType(list.values);
    if (list === undefined || typeof type !== "string") {
      super.visitBinaryOperation(node);
      return;
    }
    this.visitNode(node.leftOperand);
    this.append(list.operator === "in" ? " = any(" : " <> all(");
    this.appendValue(list.values);
    this.append(`::${type}[])`);
  }
}

interface Column {
  readonly values: Values;
  /** Null when there are only nulls, which have no type of their own. */
  readonly type: string | null;
}

/** The rows by column; undefined where they are few, or not all plain values of one type a column. */
function columnsOf({ values: rows }: ValuesNode): readonly Column[] | undefined {
  if (rows.length < WORTH_AN_ARRAY) return undefined;
  const columns: unknown[][] = [];
  for (const row of rows) {
    if (!isPlain(row)) return undefined;
    for (const [at, value] of row.values.entries()) (columns[at] ??= []).push(value);
  }
  if (columns.some((values) => values.length !== rows.length)) return undefined;
  const typed: Column[] = [];
  for (const values of columns) {
    const type = arrayType(values);
    if (type === undefined) return undefined;
    typed.push({ values, type });
  }
  return typed.some(({ type }) => type !== null) ? typed : undefined;
}

function isPlain(node: OperationNode): node is PrimitiveValueListNode {
  return PrimitiveValueListNode.is(node);
}

function longList(
  node: BinaryOperationNode,
): { readonly operator: "in" | "not in"; readonly values: Values } | undefined {
  const operator = OperatorNode.is(node.operator) ? node.operator.operator : undefined;
  const right = node.rightOperand;
  if (operator !== "in" && operator !== "not in") return undefined;
  if (!PrimitiveValueListNode.is(right) || right.values.length < WORTH_AN_ARRAY) return undefined;
  return { operator, values: right.values };
}

/** The element type all values share; null when all are null, undefined when they share none. */
function arrayType(values: Values): string | null | undefined {
  let type: string | null = null;
  for (const value of values) {
    if (value === null) continue;
    const own = typeOf(value);
    if (own === undefined || (type !== null && type !== own)) return undefined;
    type = own;
  }
  return type;
}

function typeOf(value: unknown): string | undefined {
  if (typeof value === "string") return "text";
  if (typeof value === "bigint") return "int8";
  return Number.isSafeInteger(value) ? "int8" : undefined;
}
