import { ListHostedZonesCommand, Route53Client } from "@aws-sdk/client-route-53";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface Route53Api {
  readonly hostedZones: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): Route53Api {
  const client = new Route53Client(clientSettings(options));
  return {
    hostedZones: async (token, signal) => {
      const command = new ListHostedZonesCommand({ MaxItems: PAGE_SIZE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.HostedZones, answer.NextMarker, (zone) => ({
        id: zone.Id?.replace("/hostedzone/", ""),
      }));
    },
  };
}
