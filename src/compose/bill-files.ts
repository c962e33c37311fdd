import { createBillObjects } from "../clouds/aws/bill-objects.ts";
import { awsBilledType } from "../clouds/aws/billed-type.ts";
import { azureBilledType } from "../clouds/azure/billed-type.ts";
import { gcpBilledType } from "../clouds/gcp/billed-type.ts";
import { type BilledResource, createCostFiles } from "../cost-files/cost-files.ts";
import { refuseVersions } from "../cost-files/local-files.ts";
import type { Cloud } from "../domain/cloud.ts";
import type { CostFiles } from "../ports/costs.ts";
import type { Assembly } from "./assembly.ts";
import { awsOptions } from "./clouds.ts";

/** Exported bills on this machine and in S3, with the types of their resources. */
export function billFiles({ settings, logger }: Pick<Assembly, "settings" | "logger">): CostFiles {
  return createCostFiles({
    typeOf,
    remote: [
      {
        matches: (path) => path.startsWith("s3://"),
        fetch: async (path, folder, signal) => {
          const objects = createBillObjects(awsOptions(settings, logger));
          try {
            return await objects.fetch(path, folder, { signal, accept: refuseVersions });
          } finally {
            await objects.close();
          }
        },
      },
    ],
    onProgress: (percent) => logger.info("Reading bills", { percent: Math.round(percent) }),
  });
}

function typeOf(
  cloud: Cloud,
  { resourceId, service, declaredType }: BilledResource,
): string | null {
  if (resourceId === null) return null;
  const types: Readonly<Record<Cloud, () => string | null>> = {
    aws: () => awsBilledType(resourceId, service),
    azure: () => azureBilledType(resourceId),
    gcp: () => gcpBilledType(resourceId, declaredType),
  };
  return types[cloud]();
}
