export {
  cleanText,
  MAX_TEXT_LENGTH,
  withoutInvisible,
} from "../domain/visible-text.ts";

const PLAIN_NAME = /^[A-Za-z0-9*][A-Za-z0-9._:/*-]{0,127}$/;

/**
 * An account id, region or type for use inside a sentence. Those have narrow alphabets in every
 * cloud, so one that does not is not shown: it could be an instruction in disguise.
 */
export function plainName(name: string): string {
  return PLAIN_NAME.test(name) ? name : "(unprintable name)";
}
