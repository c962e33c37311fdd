import type { ChangeKind } from "./change.ts";

/** One recorded change of one resource. Numbers grow with time. */
export interface RecordedChange {
  readonly no: number;
  readonly resourceNo: number;
  readonly placeId: number;
  readonly kind: ChangeKind;
  readonly key: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly afterMs: number;
  readonly seenMs: number;
}

/** What all changes of one tag come to. */
export interface NetTagChange {
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The last read before the first of them, and the read that saw the last of them. */
  readonly afterMs: number;
  readonly seenMs: number;
  /** Number of the last of them. */
  readonly no: number;
}

export interface NetResource {
  readonly resourceNo: number;
  readonly placeId: number;
  /** `kept`: there at both ends. `returned`: gone at the earlier end, there at the later one. */
  readonly presence: "kept" | "gone" | "returned" | "never_there";
  /** Of a kept resource; tags that are again what they were are left out. */
  readonly tags: readonly NetTagChange[];
}

interface Folding {
  placeId: number;
  first: ChangeKind | null;
  last: ChangeKind | null;
  readonly tags: Map<string, NetTagChange>;
}

/** Adds up changes, given in the order of their numbers. Holds one entry a changed resource and tag. */
export class NetChanges {
  readonly #resources = new Map<number, Folding>();

  add(change: RecordedChange): void {
    let resource = this.#resources.get(change.resourceNo);
    if (resource === undefined) {
      resource = { placeId: change.placeId, first: null, last: null, tags: new Map() };
      this.#resources.set(change.resourceNo, resource);
    }
    resource.placeId = change.placeId;
    const { key, from, to, afterMs, seenMs, no } = change;
    if (key === null) {
      resource.first ??= change.kind;
      resource.last = change.kind;
      return;
    }
    const earlier = resource.tags.get(key);
    resource.tags.set(key, {
      key,
      from: earlier === undefined ? from : earlier.from,
      to,
      afterMs: earlier?.afterMs ?? afterMs,
      seenMs,
      no,
    });
  }

  *resources(): Generator<NetResource> {
    for (const [resourceNo, { placeId, first, last, tags }] of this.#resources) {
      const presence = presenceOf(first, last);
      const net =
        presence === "kept" ? [...tags.values()].filter(({ from, to }) => from !== to) : [];
      if (presence !== "kept" || net.length > 0) yield { resourceNo, placeId, presence, tags: net };
    }
  }
}

function presenceOf(first: ChangeKind | null, last: ChangeKind | null): NetResource["presence"] {
  const wasThere = first !== "resource_returned";
  const isThere = last !== "resource_gone";
  if (wasThere) return isThere ? "kept" : "gone";
  return isThere ? "returned" : "never_there";
}
