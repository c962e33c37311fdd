import {
  ListDomainsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListNotebookInstancesCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { type ConnectOptions, clientSettings } from "./connect.ts";
import { type List, pageOf } from "./listing.ts";

export interface SagemakerApi {
  readonly endpoints: List;
  readonly notebooks: List;
  readonly domains: List;
  readonly models: List;
}

const PAGE_SIZE = 100;

export function connect(options: ConnectOptions): SagemakerApi {
  const client = new SageMakerClient(clientSettings(options));
  return {
    endpoints: async (token, signal) => {
      const command = new ListEndpointsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Endpoints, answer.NextToken, (endpoint) =>
        endpoint.EndpointStatus === "Deleting"
          ? undefined
          : { id: endpoint.EndpointArn, createdAt: endpoint.CreationTime },
      );
    },
    notebooks: async (token, signal) => {
      const command = new ListNotebookInstancesCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.NotebookInstances, answer.NextToken, (notebook) =>
        notebook.NotebookInstanceStatus === "Deleting"
          ? undefined
          : { id: notebook.NotebookInstanceArn, createdAt: notebook.CreationTime },
      );
    },
    domains: async (token, signal) => {
      const command = new ListDomainsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Domains, answer.NextToken, (domain) =>
        domain.Status === "Deleting"
          ? undefined
          : { id: domain.DomainArn, createdAt: domain.CreationTime },
      );
    },
    models: async (token, signal) => {
      const command = new ListModelsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
      const answer = await client.send(command, { abortSignal: signal });
      return pageOf(answer.Models, answer.NextToken, (model) => ({
        id: model.ModelArn,
        createdAt: model.CreationTime,
      }));
    },
  };
}
