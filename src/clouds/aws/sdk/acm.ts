import { ACMClient, KeyAlgorithm, ListCertificatesCommand } from "@aws-sdk/client-acm";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface AcmApi {
  readonly certificates: List;
}

const PAGE_SIZE = 1000;
/** Unless asked for by name, only RSA keys of 1024 and 2048 bits are listed (ListCertificates, `Includes`). */
const EVERY_KEY_TYPE = Object.values(KeyAlgorithm);

export function connect(options: ConnectOptions): AcmApi {
  const client = new ACMClient(clientSettings(options));
  return {
    certificates: async (token, signal) => {
      const command = new ListCertificatesCommand({
        MaxItems: PAGE_SIZE,
        NextToken: token,
        Includes: { keyTypes: EVERY_KEY_TYPE },
      });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.CertificateSummaryList, answer.NextToken, (certificate) => ({
        id: certificate.CertificateArn,
        createdAt: certificate.CreatedAt ?? certificate.ImportedAt,
      }));
    },
  };
}
