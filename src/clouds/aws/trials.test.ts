import { describe, expect, test } from "vitest";
import { AppError } from "../../domain/errors.ts";
import type { AwsCalls } from "./calls.ts";
import { stronger, type Trial, tryRead } from "./trials.ts";

const signal = new AbortController().signal;
const target = { service: "ec2", account: "1", region: "eu-west-1" } as const;

function denied(text: string, deniedBy = "identity_policy"): AppError {
  const details = { deniedBy };
  return new AppError("cloud_denied", "AWS denied a read.", { details, cause: new Error(text) });
}

/** Calls that answer with these in turn: an error is thrown, anything else is an answer. */
function scripted(...answers: readonly (AppError | "answer")[]): AwsCalls {
  const queue = answers.values();
  const calls: AwsCalls = {
    call: async () => {
      const { value } = queue.next();
      if (value instanceof AppError) throw value;
      return undefined as never;
    },
    at: () => calls,
    sent: () => 0,
    close: async () => undefined,
  };
  return calls;
}

const ACTIONS = ["x:List", "x:Describe", "tag:GetResources"];

/** Makes three calls; with `carriesOn`, a refusal of the last is lived with. */
const trial = (carriesOn = false, exercised = 3): Trial => ({
  actions: ACTIONS,
  run: async (calls, own) => {
    const call = () => calls.call(target, own, async () => undefined);
    await call();
    await call();
    await call().catch((error: unknown) => {
      if (!carriesOn) throw error;
    });
    return exercised;
  },
});

async function states(calls: AwsCalls, one: Trial = trial()): Promise<readonly string[]> {
  const found = await tryRead(one, calls, signal);
  return ACTIONS.map((action) => found.get(action)?.state ?? "absent");
}

describe("what a read proves of its permissions", () => {
  const unnamed = denied("Access Denied");
  const named = denied("User: arn:aws:iam::1:user/u is not authorized to perform: x:Describe on *");
  const foreign = denied("is not authorized to perform: other:Thing");
  const throttled = new AppError("cloud_throttled", "AWS kept throttling a read.");
  test.each([
    ["everything was let through", scripted(), trial(), ["ok", "ok", "ok"]],
    ["there was too little to try", scripted(), trial(false, 1), ["ok", "untried", "untried"]],
    [
      "a refusal names its action",
      scripted("answer", named),
      trial(),
      ["ok", "missing", "untried"],
    ],
    [
      "the first call is refused, unnamed",
      scripted(unnamed),
      trial(),
      ["missing", "untried", "untried"],
    ],
    [
      "a later call is refused, unnamed",
      scripted("answer", unnamed),
      trial(),
      ["unknown", "unknown", "unknown"],
    ],
    [
      "a refusal names what nobody asked for",
      scripted("answer", foreign),
      trial(),
      ["unknown", "unknown", "unknown"],
    ],
    [
      "a refusal that the read lives with",
      scripted("answer", "answer", denied("perform: tag:GetResources")),
      trial(true),
      ["ok", "ok", "missing"],
    ],
    [
      "it failed for another reason",
      scripted("answer", throttled),
      trial(),
      ["unknown", "unknown", "unknown"],
    ],
  ])("%s", async (_name, calls, one, expected) => {
    expect(await states(calls, one)).toEqual(expected);
  });

  test("why it is unknown, and who refused when it was not the caller's own policy", async () => {
    const unknown = await tryRead(trial(), scripted(throttled), signal);
    expect(unknown.get("x:List")).toMatchObject({ state: "unknown", reason: "cloud_throttled" });
    const scp = denied("perform: x:List", "service_control_policy");
    const missing = await tryRead(trial(), scripted(scp), signal);
    expect(missing.get("x:List")).toMatchObject({ deniedBy: "service_control_policy" });
  });

  test.each(["cancelled", "credentials_missing", "credentials_expired"] as const)(
    "%s ends the whole examination",
    async (code) => {
      const calls = scripted(new AppError(code, "Stopped."));
      await expect(tryRead(trial(), calls, signal)).rejects.toMatchObject({ code });
    },
  );

  test("one refusal outweighs any number of reads that worked", () => {
    const of = (state: "ok" | "missing" | "untried") => ({ state, reason: null, deniedBy: null });
    expect(stronger(of("ok"), of("missing")).state).toBe("missing");
    expect(stronger(of("missing"), of("ok")).state).toBe("missing");
    expect(stronger(of("untried"), of("ok")).state).toBe("ok");
    expect(stronger(undefined, of("untried")).state).toBe("untried");
  });
});
