import type { Policies } from "../app/policy/policies.ts";
import type { ImportAwsPolicy } from "../app/policy-import/import-aws-policy.ts";
import { createAwsOrgPolicies } from "../clouds/aws/org-policies.ts";
import type { Settings } from "../config/load.ts";
import type { ChangeAnnouncer } from "../ports/changes.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { awsOptions, CATALOGUE } from "./clouds.ts";

const MS_PER_HOUR = 3_600_000;

/** Everything about the policy in force. */
export interface PolicyParts {
  readonly policies: Policies;
  readonly importAwsPolicy: ImportAwsPolicy;
  close(): Promise<void>;
}

interface PolicySurroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly changes: ChangeAnnouncer;
}

/** The policy engine is loaded on first use, for the same reason as the database. */
export async function openPolicies(
  settings: Settings,
  { clock, logger, changes }: PolicySurroundings,
): Promise<PolicyParts> {
  const [stores, policyFiles, imports, autoImports, { createPolicies }, { sha256 }] =
    await Promise.all([
      import("../app/policy/policy-store.ts"),
      import("../storage/policy-files/index.ts"),
      import("../app/policy-import/import-aws-policy.ts"),
      import("../app/policy-import/auto-import.ts"),
      import("../app/policy/policies.ts"),
      import("../app/policy/sha256.ts"),
    ]);
  const { policy } = settings.config;
  const files = policyFiles.diskPolicyFolder(settings.policyFolder);
  // Without a configured file the imported one is followed, and the built-in policy until there is one.
  const store = stores.createPolicyStore({
    file: policyFiles.diskPolicyFile(
      settings.policyFile ?? files.pathOf(imports.DEFAULT_FILE_NAME),
    ),
    whileAbsent: settings.policyFile === null ? "built_in" : "refuse",
    catalogue: CATALOGUE,
    clock,
    onChange: () => changes.announce({ kind: "policy" }),
  });
  const orgPolicies = settings.clouds.includes("aws")
    ? createAwsOrgPolicies(awsOptions(settings, logger))
    : null;
  const shared = { orgPolicies, files, clock, sha256 };
  const importAwsPolicy = imports.createImportAwsPolicy({
    ...shared,
    reload: () => store.reload(),
  });
  const autoImport =
    policy.auto_import_aws_policy && settings.policyFile === null
      ? autoImports.createAutoImport({
          ...shared,
          importAwsPolicy,
          logger,
          settings: {
            policyId: policy.aws_policy_id,
            requireEnforced: policy.require_enforced,
            fallbackToDefault: policy.fallback_to_default,
            everyMs: policy.import_every_hours * MS_PER_HOUR,
          },
        })
      : null;
  const policies = createPolicies({ store, autoImport, clock });
  return {
    policies,
    importAwsPolicy,
    close: async () => {
      policies.close();
      await orgPolicies?.close();
    },
  };
}
