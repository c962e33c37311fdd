import type { TokenCredential } from "@azure/identity";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { AppError } from "../../domain/errors.ts";
import { azureNoCredentials, azureSignInFailure, azureTimeout } from "./errors.ts";
import { DEFAULT_ENDPOINT } from "./limits.ts";

const MS_BEFORE_EXPIRY = 120_000;

/** The SDK's bearer policy refuses http even on loopback, where a simulated cloud listens. */
export function loopbackToken(credential: TokenCredential): PipelinePolicy {
  let cached = { token: "", expiresOnTimestamp: 0 };
  return {
    name: "loopbackToken",
    sendRequest: async (request, next) => {
      if (cached.expiresOnTimestamp - MS_BEFORE_EXPIRY < Date.now()) {
        const abortSignal = request.abortSignal;
        const options = abortSignal === undefined ? {} : { abortSignal };
        const token = await credential.getToken([`${DEFAULT_ENDPOINT}/.default`], options);
        if (token === null) throw azureNoCredentials();
        cached = token;
      }
      request.headers.set("authorization", `Bearer ${cached.token}`);
      return next(request);
    },
  };
}

/**
 * Translates sign-in failures, and keeps the deadline where a credential ignores it. An identity
 * endpoint that is slow is no sign of missing credentials.
 */
export function signingIn(credential: TokenCredential, timeoutMs: number): TokenCredential {
  return {
    getToken: async (scopes, options) => {
      const abort = options?.abortSignal;
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      const stop = (): void => reject(azureTimeout("token", timeoutMs));
      if (abort?.aborted === true) stop();
      abort?.addEventListener("abort", stop);
      try {
        return await Promise.race([stopped, credential.getToken(scopes, options)]);
      } catch (error) {
        // A credential that heeds the signal fails in words of its own.
        if (abort?.aborted === true) throw azureTimeout("token", timeoutMs);
        throw error instanceof AppError ? error : azureSignInFailure(error);
      } finally {
        abort?.removeEventListener("abort", stop);
      }
    },
  };
}
