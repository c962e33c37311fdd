/** Where reading stopped, in the words of Azure's `ParserFailure`. */
export interface ParserFailure {
  readonly line: number;
  readonly characterPositionInLine: number;
  readonly token: string;
  readonly expectedToken: string;
}

interface Token {
  readonly text: string;
  /** Set for a quoted literal: its content. */
  readonly literal?: string;
  readonly at: number;
}

const TOKEN =
  /\s+|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|!?in~?(?!\w)|=~|!~|==|!=|[A-Za-z_]\w*|./gsu;

/** Words, marks and quoted literals, without the space between them. */
export function tokenize(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].flatMap((match) => {
    if (/^\s/.test(match[0])) return [];
    const quoted = match[1] ?? match[2];
    const at = match.index;
    return quoted === undefined
      ? [{ text: match[0], at }]
      : [{ text: match[0], literal: quoted.replaceAll(/\\(.)/gs, "$1"), at }];
  });
}

/** Walks the tokens once; every `take…` that returns undefined leaves the reader at the offender. */
export class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #expected = "";

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** The next token when it is one of `words` (compared as they are written). */
  take<Word extends string>(...words: readonly Word[]): Word | undefined {
    const found = words.find((word) => word === this.#tokens[this.#at]?.text);
    if (found === undefined) this.#expected = words.join(" | ");
    else this.#at += 1;
    return found;
  }

  takeLiteral(): string | undefined {
    const literal = this.#tokens[this.#at]?.literal;
    if (literal === undefined) this.#expected = "string literal";
    else this.#at += 1;
    return literal;
  }

  takeName(): string | undefined {
    const text = this.#tokens[this.#at]?.text ?? "";
    if (!/^[A-Za-z_]\w*$/.test(text)) return undefined;
    this.#at += 1;
    return text;
  }

  takeDigit(): number | undefined {
    const text = this.#tokens[this.#at]?.text ?? "";
    if (!/^\d$/.test(text)) return undefined;
    this.#at += 1;
    return Number(text);
  }

  /** `name =`, both or neither. */
  takeAssignment(): string | undefined {
    const name = this.takeName();
    if (name === undefined || this.take("=") !== undefined) return name;
    this.#at -= 1;
    return undefined;
  }

  /** `one, one, one` */
  takeList<Item>(one: () => Item | undefined): readonly Item[] | undefined {
    const items: Item[] = [];
    do {
      const item = one();
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.take(",") !== undefined);
    return items;
  }

  failure(text: string): ParserFailure {
    const token = this.#tokens[this.#at];
    const before = text.slice(0, token?.at ?? text.length).split("\n");
    return {
      line: before.length,
      characterPositionInLine: before.at(-1)?.length ?? 0,
      token: token?.text ?? "<EOF>",
      expectedToken: this.#expected,
    };
  }
}
