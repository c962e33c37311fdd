import { randomBytes } from "node:crypto";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import type { SharedState } from "../../ports/shared-state.ts";
import type { IntentSettings } from "../settings.ts";

const Choice = z.object({
  value: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  /** Digest of the arguments with this choice made. */
  digest: z.string(),
});

export type Choice = z.output<typeof Choice>;

const OpenAsk = z.object({
  caller: z.string(),
  tool: z.string(),
  /** Correlation id of the call that was asked about. */
  intent: z.string(),
  resources: z.number(),
  choices: z.array(Choice),
});
/** A question that waits for its answer, kept by the server: what comes back is only its name. */
export type OpenAsk = z.output<typeof OpenAsk>;

export interface Taken {
  readonly ask: OpenAsk;
  readonly choice: Choice;
}

const Preference = z.object({ value: z.enum(["everything", "stored"]), resources: z.number() });
export type Preference = z.output<typeof Preference>;

/** How long a choice holds for the same caller. */
const REMEMBER_MS = 3_600_000;
/** An estate grows between two questions; more than this is another question. */
const GROWTH = 1.1;
const TOKEN = /^[\w-]{22}$/;

interface Asker {
  readonly caller: string;
  readonly tool: string;
}

export interface Asks {
  /** Keeps a question. @returns the token that answers it, usable once and by nobody else. */
  open(ask: OpenAsk): Promise<string>;
  /**
   * Takes a question by its token, for good, with the choice that was made.
   * @throws {AppError} `confirmation_invalid`: forged, of another caller or tool, for other
   * arguments, used, or too old
   */
  take(token: string, by: Asker, pick: (choice: Choice) => boolean): Promise<Taken>;
  /**
   * Ends a question that was answered with no.
   * @throws {AppError} `confirmation_invalid` as `take`
   */
  drop(token: string, by: Asker): Promise<OpenAsk>;
  /** Remembers a choice, so that it need not be made again within the hour. */
  remember(caller: string, preference: Preference): Promise<void>;
  /** A choice that still holds for a call of this size. */
  remembered(caller: string, resources: number): Promise<Preference["value"] | undefined>;
}

export function createAsks(state: SharedState, settings: IntentSettings): Asks {
  const find = async (token: string, { caller, tool }: Asker): Promise<OpenAsk> => {
    const text = TOKEN.test(token) ? await state.read(`ask:${token}`) : undefined;
    if (text === undefined) throw invalid();
    const ask = OpenAsk.parse(JSON.parse(text));
    // Before it is spent: nobody can use up somebody else's confirmation.
    if (ask.caller !== caller || ask.tool !== tool) throw invalid();
    return ask;
  };
  const spend = async (token: string): Promise<void> => {
    if (!(await state.claim(`asked:${token}`, settings.confirmWithinMs))) throw invalid();
  };
  return {
    async open(ask) {
      const token = randomBytes(16).toString("base64url");
      await state.write(`ask:${token}`, JSON.stringify(ask), settings.confirmWithinMs);
      return token;
    },
    async take(token, by, pick) {
      const ask = await find(token, by);
      const choice = ask.choices.find(pick);
      if (choice === undefined) throw invalid();
      await spend(token);
      return { ask, choice };
    },
    async drop(token, by) {
      const ask = await find(token, by);
      await spend(token);
      return ask;
    },
    remember: (caller, preference) =>
      state.write(`choice:${caller}`, JSON.stringify(preference), REMEMBER_MS),
    async remembered(caller, resources) {
      const text = await state.read(`choice:${caller}`);
      if (text === undefined) return undefined;
      const { value, resources: then } = Preference.parse(JSON.parse(text));
      return value === "stored" || resources <= then * GROWTH ? value : undefined;
    },
  };
}

function invalid(): AppError {
  return new AppError("confirmation_invalid", "The confirmation is not valid for this call.", {
    hint: "It can be used once, within minutes, with the arguments it was given for. Call again without confirm to get a new one.",
  });
}
