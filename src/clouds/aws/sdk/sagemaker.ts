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

const endpoints =
  (client: SageMakerClient): List =>
  async (token, signal) => {
    const command = new ListEndpointsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Endpoints, answer.NextToken, (endpoint) =>
      endpoint.EndpointStatus === "Deleting"
        ? undefined
        : { id: endpoint.EndpointArn, createdAt: endpoint.CreationTime },
    );
  };

const notebooks =
  (client: SageMakerClient): List =>
  async (token, signal) => {
    const command = new ListNotebookInstancesCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.NotebookInstances, answer.NextToken, (notebook) =>
      notebook.NotebookInstanceStatus === "Deleting"
        ? undefined
        : { id: notebook.NotebookInstanceArn, createdAt: notebook.CreationTime },
    );
  };

const domains =
  (client: SageMakerClient): List =>
  async (token, signal) => {
    const command = new ListDomainsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Domains, answer.NextToken, (domain) =>
      domain.Status === "Deleting"
        ? undefined
        : { id: domain.DomainArn, createdAt: domain.CreationTime },
    );
  };

const models =
  (client: SageMakerClient): List =>
  async (token, signal) => {
    const command = new ListModelsCommand({ MaxResults: PAGE_SIZE, NextToken: token });
    const answer = await client.send(command, { abortSignal: signal });
    return pageOf(answer.Models, answer.NextToken, (model) => ({
      id: model.ModelArn,
      createdAt: model.CreationTime,
    }));
  };

export function connect(options: ConnectOptions): SagemakerApi {
  const client = new SageMakerClient(clientSettings(options));
  return {
    endpoints: endpoints(client),
    notebooks: notebooks(client),
    domains: domains(client),
    models: models(client),
  };
}
