import { listedType } from "../listed-type.ts";

/** Certificates of ACM. */
export const acmCertificate = listedType({
  id: "acm:certificate",
  category: "secret",
  billable: false,
  readActions: ["acm:ListCertificates"],
  cloudFormation: "AWS::CertificateManager::Certificate",
  terraform: "aws_acm_certificate",
  service: "acm",
  list: (api) => api.certificates,
  tags: "tagging_api",
});
