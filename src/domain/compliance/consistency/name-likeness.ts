import { distance } from "fastest-levenshtein";
import { allowedTypos } from "../../policy/nearest-value.ts";
import { keyLetters } from "./spelling.ts";
import { areSynonyms, isTagWord, NEUTRAL_WORDS, tagWords } from "./tag-words.ts";

/** How two keys are alike by name, strongest first. */
export const NAME_RELATIONS = [
  /** The same but for case and separators. */
  "same_letters",
  /** The same words, written out or abbreviated. */
  "same_words",
  /** A misspelling. */
  "typo",
  /** A shortened form that no dictionary has. */
  "abbreviation",
  /** Other words for one thing. */
  "synonym",
  /** One says only `name`, `code`, `number` or `id` more. */
  "neutral_word_added",
  /** One says more than the other. */
  "word_added",
  /** Some words are the same. */
  "shared_word",
  "none",
] as const;
export type NameRelation = (typeof NAME_RELATIONS)[number];

/** A key prepared for comparison. */
export interface KeyName {
  readonly letters: string;
  readonly words: readonly string[];
  /** The words run together, and in alphabetical order. */
  readonly joined: string;
  readonly sorted: string;
}

export function keyName(key: string): KeyName {
  const letters = keyLetters(key);
  const words = tagWords(key);
  return {
    letters: letters === "" ? key : letters,
    words,
    joined: words.join(""),
    sorted: words.toSorted().join(" "),
  };
}

export function nameRelation(a: KeyName, b: KeyName): NameRelation {
  if (a.letters === b.letters) return "same_letters";
  if (a.joined === b.joined || a.sorted === b.sorted) return "same_words";
  if (isTypo(a, b)) return "typo";
  if (wordByWord(a.words, b.words, isAbbreviation) || isInitials(a, b) || isInitials(b, a))
    return "abbreviation";
  if (wordByWord(a.words, b.words, areSynonyms)) return "synonym";
  return relationOfExtraWords(a.words, b.words);
}

/** Word for word equal or alike, and alike at least once. */
function wordByWord(
  a: readonly string[],
  b: readonly string[],
  alike: (a: string, b: string) => boolean,
): boolean {
  return (
    a.length === b.length &&
    a.every((word, at) => {
      const other = b[at] ?? "";
      return word === other || alike(word, other);
    })
  );
}

/** Misspelt in single words; only where the words cannot be told apart, in the whole. */
function isTypo(a: KeyName, b: KeyName): boolean {
  if (a.words.length === b.words.length) return wordByWord(a.words, b.words, isMisspelt);
  const known = (key: KeyName): boolean => key.words.every((word) => isTagWord(word));
  return !(known(a) && known(b)) && isMisspelt(a.joined, b.joined);
}

function isMisspelt(a: string, b: string): boolean {
  const intended = a.length > b.length ? a : b;
  const limit = allowedTypos(intended);
  if (Math.abs(a.length - b.length) > limit) return false;
  if (isTagWord(a) && isTagWord(b)) return false;
  if (digits(a) !== digits(b)) return false;
  return distance(a, b) <= limit || (limit > 0 && isSwap(a, b));
}

/** Two neighbouring letters in the wrong order: two edits, but one slip. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return (
    at < a.length &&
    a[at] === b[at + 1] &&
    a[at + 1] === b[at] &&
    a.slice(at + 2) === b.slice(at + 2)
  );
}

const MIN_PREFIX = 3;

/** `depart` for `department`, `prdct` for `product`: the beginning, or its first letter and consonants. */
function isAbbreviation(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length < MIN_PREFIX || isTagWord(short) || short.length === long.length) return false;
  return long.startsWith(short) || isSkeletonOf(short, long);
}

function isSkeletonOf(short: string, long: string): boolean {
  if (short[0] !== long[0] || /[aeiou]/u.test(short.slice(1))) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at += 1;
  return at === short.length;
}

function isInitials(short: KeyName, long: KeyName): boolean {
  const initials = long.words.map((word) => word[0] ?? "").join("");
  return long.words.length > 1 && short.letters === initials;
}

function relationOfExtraWords(a: readonly string[], b: readonly string[]): NameRelation {
  const onlyA = a.filter((word) => !b.includes(word));
  const onlyB = b.filter((word) => !a.includes(word));
  if (onlyA.length === a.length) return "none";
  if (onlyA.length > 0 && onlyB.length > 0) return "shared_word";
  const extra = [...onlyA, ...onlyB];
  return extra.every((word) => NEUTRAL_WORDS.has(word)) ? "neutral_word_added" : "word_added";
}

const digits = (text: string): string => text.replace(/\P{N}+/gu, "");
