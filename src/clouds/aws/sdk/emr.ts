import { type ClusterState, EMRClient, ListClustersCommand } from "@aws-sdk/client-emr";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface EmrApi {
  readonly clusters: List;
}

/** Terminated clusters stay listed for two months. */
const LIVE: ClusterState[] = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"];

export function connect(options: ConnectOptions): EmrApi {
  const client = new EMRClient(clientSettings(options));
  return {
    clusters: async (token, signal) => {
      const command = new ListClustersCommand({ ClusterStates: LIVE, Marker: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Clusters, answer.Marker, (cluster) => ({
        id: cluster.ClusterArn,
        createdAt: cluster.Status?.Timeline?.CreationDateTime,
      }));
    },
  };
}
