import { listedType, regionalArn } from "../listed-type.ts";

/** OpenSearch and Elasticsearch domains, which are listed by name. */
export const opensearchDomain = listedType({
  id: "es:domain",
  category: "database",
  billable: true,
  // "A domain can have up to 10 tags" (API Reference, AddTags).
  tagLimit: { maxTags: 10 },
  readActions: ["es:ListDomainNames"],
  cloudFormation: "AWS::OpenSearchService::Domain",
  terraform: "aws_opensearch_domain",
  service: "openSearch",
  list: (api) => api.domains,
  arn: regionalArn("es", "domain/"),
  tags: "tagging_api",
});
