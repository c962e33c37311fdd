import pino from "pino";
import type { Logger } from "../ports/logger.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** Fields that may hold a secret wherever they stand; pino replaces their values. */
const SECRET_FIELDS = [
  "authorization",
  "password",
  "secret",
  "token",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on stderr: in stdio mode stdout belongs to the protocol. */
export function createLogger(level: LogLevel): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS, censor: "[redacted]" },
      serializers: { error: pino.stdSerializers.err },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (message, fields = {}) => log.debug(fields, message),
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, fields = {}) => log.error(fields, message),
  };
}
