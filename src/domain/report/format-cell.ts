import { decimalText } from "../money.ts";
import { cleanText } from "../visible-text.ts";
import type { Cell, Phrase } from "./document.ts";
import { AppError } from "../errors.ts";

/** How numbers read to a person of one locale. */
export interface CellFormat {
  /** The cell as plain text with nothing invisible in it; not yet escaped for any format. */
  (cell: Cell): string;
}

/**
 * @param locale BCP 47, such as `de-DE`.
 * @throws {AppError} `invalid_input` for a locale that is none.
 */
export function cellFormat(locale: string): CellFormat {
  const [known] = supportedLocale(locale);
  if (known === undefined)
    throw new AppError("invalid_input", "The locale is not one that numbers can be written in.", {
      hint: "Give a language tag such as en-US, de-DE or ja-JP.",
      issues: [{ path: "locale", message: "Not a supported BCP 47 language tag." }],
    });
  const counts = new Intl.NumberFormat(known);
  const shares = new Intl.NumberFormat(known, { style: "percent", maximumFractionDigits: 1 });
  const changes = new Intl.NumberFormat(known, {
    maximumFractionDigits: 2,
    signDisplay: "exceptZero",
  });
  const amounts = new Map<string, Intl.NumberFormat>();
  const amountFormat = (currency: string): Intl.NumberFormat => {
    const made = amounts.get(currency) ?? moneyFormat(known, currency);
    amounts.set(currency, made);
    return made;
  };
  return (cell) => {
    switch (cell.kind) {
      case "text":
      case "word":
        return cleanText(cell.text).text;
      case "count":
        return counts.format(cell.value);
      case "share":
        return cell.value === null ? "n/a" : shares.format(floorToTenth(cell.value));
      case "points":
        return changes.format(cell.value * 100);
      case "money":
        return formatMoney(amountFormat(cell.currency), cell);
      case "time":
        return `${new Date(cell.ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
      case "day":
        return new Date(cell.ms).toISOString().slice(0, 10);
      case "unknown":
        return "unknown";
      case "none":
        break;
    }
    return "–";
  };
}

export function phraseText(phrase: Phrase, format: CellFormat): string {
  return phrase.map((part) => (typeof part === "string" ? part : format(part))).join("");
}

function supportedLocale(locale: string): readonly string[] {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale);
  } catch {
    return []; // RangeError: not even shaped like a language tag.
  }
}

/** Never rounds up: 99.96 % must not read as 100 %. */
function floorToTenth(value: number): number {
  return Math.floor(value * 1000 + 1e-9) / 1000;
}

const CURRENCY_CODE = /^[A-Z]{3}$/;

function moneyFormat(locale: string, currency: string): Intl.NumberFormat {
  return CURRENCY_CODE.test(currency)
    ? new Intl.NumberFormat(locale, { style: "currency", currency })
    : new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** Exact: decimal text is formatted without passing through a float. */
function formatMoney(
  format: Intl.NumberFormat,
  { micros, currency }: Extract<Cell, { kind: "money" }>,
): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `decimalText` writes nothing but decimal numbers
  const shown = format.format(decimalText(micros) as `${number}`);
  return CURRENCY_CODE.test(currency) ? shown : `${shown} ${cleanText(currency, 16).text}`;
}

/** The number behind a cell as machines read it: exact, in no locale. Empty for what is not known. */
export function machineValue(cell: Cell): { readonly value: string; readonly unit: string } {
  switch (cell.kind) {
    case "text":
    case "word":
      return { value: cleanText(cell.text).text, unit: "text" };
    case "count":
      return { value: String(cell.value), unit: "count" };
    case "share":
      return { value: cell.value === null ? "" : String(cell.value), unit: "share" };
    case "points":
      return { value: String(cell.value), unit: "share_change" };
    case "money":
      return { value: decimalText(cell.micros), unit: cleanText(cell.currency, 16).text };
    case "time":
    case "day":
      return { value: new Date(cell.ms).toISOString(), unit: "time" };
    case "unknown":
    case "none":
      break;
  }
  return { value: "", unit: cell.kind };
}
