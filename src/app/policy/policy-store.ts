import { AppError } from "../../domain/errors.ts";
import { type CompiledPolicy, compilePolicy } from "../../domain/policy/compile.ts";
import { DEFAULT_POLICY_TEXT } from "../../domain/policy/default-policy.ts";
import { parsePolicy } from "../../domain/policy/parse.ts";
import type { ResourceTypeCatalogue } from "../../domain/resource-type.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PolicyFile } from "../../ports/policy-file.ts";
import type { PolicyInForce } from "../get-policy.ts";
import { sha256 } from "./sha256.ts";

/** The file is looked at no more often than this, however many questions are asked. */
const CHECK_INTERVAL_MS = 1000;

export interface PolicyStoreOptions {
  /** Null: the built-in default policy is in force. */
  readonly file: PolicyFile | null;
  /**
   * What holds while the file does not exist. `refuse` (default) for a file that was configured;
   * `built_in` for one that an import may write later.
   */
  readonly whileAbsent?: "refuse" | "built_in";
  readonly catalogue: ResourceTypeCatalogue;
  readonly clock: Clock;
  /** Told when what `status` says of the policy and its file is no longer what it was. */
  readonly onChange?: () => void;
}

/**
 * Holds the policy in force and follows its file: a change is seen on the next use, and at once while
 * somebody asked to follow it.
 */
export interface PolicyStore {
  /**
   * The policy in force. A changed file that is broken or gone leaves the last good policy in force.
   * @throws {AppError} `policy_invalid` with every issue, or `config_invalid`, when the very first load
   * fails: judging by another policy than the configured one would be a wrong answer.
   */
  current(): Promise<CompiledPolicy>;
  /** @throws {AppError} as `current`. */
  status(): Promise<PolicyInForce>;
  /** Looks at the file at once, for callers that have just written it. @throws {AppError} as `current`. */
  reload(): Promise<CompiledPolicy>;
  /** Watches the file until `signal` aborts, so that `onChange` needs no use. @throws {AppError} as `current`. */
  follow(signal: AbortSignal): Promise<void>;
}

interface Loaded {
  readonly policy: CompiledPolicy;
  readonly loadedAt: number;
}

export function createPolicyStore(options: PolicyStoreOptions): PolicyStore {
  const follower = new FileFollower(options);
  return {
    current: async () => (await follower.loaded(false)).policy,
    reload: async () => (await follower.loaded(true)).policy,
    follow: async (signal) => {
      options.file?.watch?.(() => {
        // What is wrong with the file is in the status.
        follower.loaded(true).catch(() => undefined);
      }, signal);
      // What changed before it was watched.
      await follower.loaded(true);
    },
    status: async () => {
      const { policy, loadedAt } = await follower.loaded(false);
      return {
        document: policy.document,
        hash: policy.policyHash,
        source: follower.followsFile ? "file" : "built_in",
        path: follower.followsFile ? (options.file?.path ?? null) : null,
        loadedAt,
        lint: policy.lint,
        lastError: follower.lastError,
        sync: null,
      };
    },
  };
}

class FileFollower {
  lastError: PolicyInForce["lastError"] = null;
  /** A file's text is in force, be it the one that stands now or the last good one. */
  followsFile = false;
  readonly #options: PolicyStoreOptions;
  #loaded: Loaded | null = null;
  #stamp: string | null = null;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #check: Promise<Loaded> | null = null;

  constructor(options: PolicyStoreOptions) {
    this.#options = options;
  }

  /** One look at a time: callers during a look share its result. */
  async loaded(force: boolean): Promise<Loaded> {
    const sinceMs = this.#options.clock.now() - this.#checkedAt;
    const isFresh = sinceMs >= 0 && sinceMs < CHECK_INTERVAL_MS;
    if (this.#loaded !== null && isFresh && !force) return this.#loaded;
    if (force) await this.#check?.catch(() => undefined);
    this.#check ??= this.#look().finally(() => {
      this.#check = null;
    });
    return this.#check;
  }

  async #look(): Promise<Loaded> {
    const before = this.#shown();
    const loaded = await this.#load();
    if (before !== null && before !== this.#shown()) this.#options.onChange?.();
    return loaded;
  }

  /** Null while nothing was loaded. */
  #shown(): string | null {
    if (this.#loaded === null) return null;
    return JSON.stringify([this.#loaded.policy.policyHash, this.followsFile, this.lastError]);
  }

  async #load(): Promise<Loaded> {
    this.#checkedAt = this.#options.clock.now();
    try {
      this.#loaded = await this.#fresh();
      return this.#loaded;
    } catch (error) {
      if (this.#loaded === null || !(error instanceof AppError)) throw error;
      this.lastError = { message: error.message, issues: error.issues };
      return this.#loaded;
    }
  }

  async #fresh(): Promise<Loaded> {
    const { file } = this.#options;
    if (file === null) return this.#builtIn();
    const stamp = await file.stamp();
    if (stamp === null) {
      this.#stamp = null;
      if (this.#options.whileAbsent === "built_in" && !this.followsFile) return this.#builtIn();
      throw absent(file.path);
    }
    if (stamp === this.#stamp && this.#loaded !== null) return this.#loaded;
    const text = await file.read();
    // Remembered even if the text is broken: it is refused once, not once a second.
    this.#stamp = stamp;
    const loaded = this.#compile(text);
    this.followsFile = true;
    this.lastError = null;
    return loaded;
  }

  #builtIn(): Loaded {
    return this.#loaded ?? this.#compile(DEFAULT_POLICY_TEXT);
  }

  #compile(text: string): Loaded {
    const { catalogue, clock } = this.#options;
    const loadedAt = clock.now();
    const parsed = parsePolicy(text, { catalogue, atMs: loadedAt, sha256 });
    return { policy: compilePolicy(parsed, catalogue), loadedAt };
  }
}

function absent(path: string): AppError {
  return new AppError("config_invalid", "The configured policy file does not exist.", {
    hint: "Correct the path, or remove the setting to use the built-in policy.",
    details: { path },
  });
}
