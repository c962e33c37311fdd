import type { Locate } from "../../ports/locate.ts";
import { GCP_RESOURCE_TYPES } from "./resource-types.ts";

const NAME = /^\/\/([\w-]+\.googleapis\.com)\/(.+)$/;
const PROJECT = /(?:^|\/)projects\/([^/]+)/;
/** Zones end in a letter: `europe-west1-b`. */
const PLACE = /(?:^|\/)(?:regions|zones|locations)\/([a-z]+-[a-z]+\d+)(?:-[a-z])?(?:\/|$)/;

/**
 * From a full resource name (cloud.google.com/asset-inventory/docs/resource-name-format). The last
 * collection names the type in the plural; where it does not, every type of the service is possible.
 */
export const locateFullName: Locate = (id) => {
  const [whole, service = "", path = ""] = NAME.exec(id) ?? [];
  if (whole === undefined) return undefined;
  const ofService = GCP_RESOURCE_TYPES.filter((type) => type.id.startsWith(`${service}/`));
  const collection = path.split("/").at(-2)?.toLowerCase();
  const named = ofService.filter(
    (type) => collection !== undefined && pluralOf(type.id).includes(collection),
  );
  return {
    account: PROJECT.exec(path)?.[1],
    region: PLACE.exec(path)?.[1],
    types: (named.length > 0 ? named : ofService).map((type) => type.id),
  };
};

/** `compute.googleapis.com/Address` is listed as `addresses`, `…/CertificateAuthority` as `…authorities`. */
function pluralOf(type: string): readonly string[] {
  const name = type.slice(type.indexOf("/") + 1).toLowerCase();
  const bare = name.replace(/^(?:regional|region|global)/, "");
  return [name, bare].flatMap((word) => [`${word}s`, `${word}es`, word.replace(/y$/, "ies")]);
}
