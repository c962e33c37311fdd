import { SecretStoreError } from "./errors.ts";

const TIMEOUT_MS = 15_000;

/** One GET with a bearer token; the body is read as JSON and handed on unparsed. */
export async function getSecretDocument(
  url: URL,
  token: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (cause) {
    throw new SecretStoreError(0, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new SecretStoreError(response.status);
  }
  return response.json();
}
