import type { FaultKind } from "../faults.ts";
import type { Estate } from "../estate/types.ts";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { armError, armHeaders, faultAnswer } from "./errors.ts";
import { TENANT_ID } from "./table.ts";

export interface SubscriptionsContext {
  readonly estate: Estate;
  /** Azure decides its page size itself; a small one makes every client follow `nextLink`. */
  readonly pageSize: number;
}

/** Answers `GET /subscriptions`. */
export function listSubscriptions(
  { estate, pageSize }: SubscriptionsContext,
  request: LoopbackRequest,
  fault: FaultKind | undefined,
): LoopbackAnswer | "silence" {
  const token = request.url.searchParams.get("$skiptoken");
  const stopped =
    fault &&
    faultAnswer(fault, {
      isGraph: false,
      isLaterPage: token !== null,
      action: "Microsoft.Resources/subscriptions/read",
      scope: "/",
    });
  if (stopped !== undefined) return stopped;
  if (fault === "partial" && token !== null) return unavailable();

  const all = estate.accounts.filter((account) => account.cloud === "azure");
  const offset = token === null ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(offset)) {
    return armError(400, "InvalidSkipToken", "The provided skip token is not valid.");
  }
  // A list that is to be cut short needs a second page to be cut at.
  const size = fault === "partial" ? Math.min(pageSize, Math.ceil(all.length / 2)) : pageSize;
  const page = all.slice(offset, offset + size);
  const isLast = offset + size >= all.length;
  return ok({
    value: page.map((account) => ({
      id: `/subscriptions/${account.id}`,
      authorizationSource: "RoleBased",
      managedByTenants: [],
      subscriptionId: account.id,
      tenantId: TENANT_ID,
      displayName: account.name,
      state: "Enabled",
      subscriptionPolicies: {
        locationPlacementId: "Public_2014-09-01",
        quotaId: "EnterpriseAgreement_2014-09-01",
        spendingLimit: "Off",
      },
    })),
    // The specification requires the member; the last page has an empty one, and clients stop at it.
    nextLink: isLast ? "" : nextLink(request.url, offset + size),
  });
}

function nextLink(asked: URL, offset: number): string {
  const next = new URL(asked);
  next.searchParams.set("$skiptoken", Buffer.from(String(offset)).toString("base64url"));
  return next.href;
}

/** Azure's own names of the regions that the estate uses. */
const DISPLAY_NAMES: Readonly<Record<string, string>> = {
  australiaeast: "Australia East",
  eastus: "East US",
  eastus2: "East US 2",
  germanywestcentral: "Germany West Central",
  japaneast: "Japan East",
  northeurope: "North Europe",
  southeastasia: "Southeast Asia",
  uksouth: "UK South",
  westeurope: "West Europe",
  westus2: "West US 2",
};

/** Answers `GET /subscriptions/{id}/locations`: every region Azure offers, used or not. */
export function listLocations(
  { estate }: SubscriptionsContext,
  subscriptionId: string,
  fault: FaultKind | undefined,
): LoopbackAnswer | "silence" {
  const scope = `/subscriptions/${subscriptionId}`;
  const stopped =
    fault &&
    faultAnswer(fault, {
      isGraph: false,
      isLaterPage: false,
      action: "Microsoft.Resources/subscriptions/locations/read",
      scope,
    });
  if (stopped !== undefined) return stopped;
  // One page with nothing to cut at: an incomplete answer can only be no answer.
  if (fault === "partial") return unavailable();
  if (!estate.accounts.some(({ cloud, id }) => cloud === "azure" && id === subscriptionId)) {
    return armError(
      404,
      "SubscriptionNotFound",
      `The subscription '${subscriptionId}' could not be found.`,
    );
  }
  const used = estate.groups.filter(({ cloud }) => cloud === "azure").map(({ region }) => region);
  const names = new Set([...Object.keys(DISPLAY_NAMES), ...used]);
  names.delete("global");
  return ok({
    value: [...names].toSorted().map((name) => {
      const displayName = DISPLAY_NAMES[name] ?? name;
      return {
        id: `${scope}/locations/${name}`,
        name,
        type: "Region",
        displayName,
        regionalDisplayName: displayName,
        metadata: { regionType: "Physical", regionCategory: "Recommended" },
      };
    }),
  });
}

function ok(body: object): LoopbackAnswer {
  return { status: 200, headers: armHeaders(), body };
}

function unavailable(): LoopbackAnswer {
  return armError(
    503,
    "ServerTimeout",
    "The request timed out. Diagnostic information: the service is temporarily unavailable.",
  );
}
