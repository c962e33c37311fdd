import * as z from "zod";
import type { AuditRecord } from "../../ports/audit.ts";
import type { ReadAuditTrail } from "../../ports/audit-trail.ts";
import { ERROR_CODES } from "../../domain/errors.ts";
import { defineResource } from "../define-resource.ts";
import { cleanText } from "../untrusted-text.ts";

const PER_PAGE = 50;
const OUTCOMES = ["ok", ...ERROR_CODES] as const;

const variables = z.strictObject({
  action: z.string().min(1).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});

export default defineResource({
  name: "audit_records",
  uri: "audit://records{?action,outcome,before}",
  title: "Audit records",
  description:
    "The last 50 records of who called what and how it ended, newest first, of your tenant. action = a tool's name; next_uri goes further back. Needs the scope admin. For proof that none was changed, the operator runs `tag-compliance audit verify`.",
  mimeType: "application/json",
  scope: "admin",
  input: variables,
  complete: { outcome: async () => OUTCOMES },
  async read(
    { action, outcome, before },
    { readAuditTrail }: { readonly readAuditTrail: ReadAuditTrail },
    { principal },
  ) {
    const { records, nextBeforeSeq } = await readAuditTrail({
      tenant: principal.tenant,
      limit: PER_PAGE,
      ...(action === undefined ? {} : { action }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(before === undefined ? {} : { beforeSeq: Number(before) }),
    });
    const query = new URLSearchParams({
      ...(action === undefined ? {} : { action }),
      ...(outcome === undefined ? {} : { outcome }),
      before: String(nextBeforeSeq),
    });
    const answer = {
      records: records.map(toRow),
      next_uri: nextBeforeSeq === null ? null : `audit://records?${query.toString()}`,
    };
    return [{ mimeType: "application/json", text: JSON.stringify(answer) }];
  },
});

function toRow(record: AuditRecord): object {
  const { actor } = record;
  return {
    seq: record.seq,
    at: new Date(record.atMs).toISOString(),
    event: record.event,
    action: cleanText(record.action, 128).text,
    outcome: record.outcome,
    actor: {
      kind: actor.kind,
      subject: cleanText(actor.subject, 128).text,
      client: actor.client === null ? null : cleanText(actor.client, 128).text,
    },
    channel: record.channel,
    arguments_digest: record.argumentsDigest,
    correlation_id: record.correlationId,
  };
}
