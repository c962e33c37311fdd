import { AppError } from "../errors.ts";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** True for an address that cannot leave this machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOSTS.has(url.hostname);
}

/**
 * The address of a cloud's API, without path or trailing slash. Access tokens are sent there, so plain
 * http is refused everywhere but on loopback.
 * @throws {AppError} `config_invalid`
 */
export function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable =
    url !== undefined &&
    (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) &&
    url.username === "" &&
    url.pathname === "/" &&
    url.search === "";
  if (!usable)
    throw new AppError("config_invalid", "A cloud endpoint is not an address to send tokens to.", {
      hint: "Give https://host[:port] without a path; http is accepted for 127.0.0.1 and localhost only.",
      details: { endpoint: text },
    });
  return url;
}
