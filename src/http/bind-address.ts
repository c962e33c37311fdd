import { AppError } from "../domain/errors.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * The server has no authentication, so whoever reaches it may use the operator's cloud credentials:
 * it binds to this machine alone.
 * @throws {AppError} `config_invalid` for an address that other machines can reach
 */
export function assertLoopback(host: string): void {
  if (LOOPBACK.test(host)) return;
  throw new AppError(
    "config_invalid",
    "The HTTP server has no authentication yet and binds to loopback addresses only.",
    {
      hint: "Use 127.0.0.1, ::1 or localhost, and reach it from elsewhere through an authenticated tunnel.",
      details: { host },
    },
  );
}

/** Host names a request may carry, in the spelling of a Host header: what a rebound DNS name is not. */
export function allowedHostNames(host: string): string[] {
  const bound = host === "::1" ? "[::1]" : host.toLowerCase();
  return [...new Set(["localhost", "127.0.0.1", "[::1]", bound])];
}
