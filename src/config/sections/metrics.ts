import { z } from "zod";

export const Metrics = z
  .strictObject({
    prometheus: z
      .boolean()
      .default(false)
      .describe("Serve `/metrics` in Prometheus' text format beside `/health`."),
    cloudwatch: z
      .boolean()
      .default(false)
      .describe("Write measurements to stderr as lines that CloudWatch turns into metrics (EMF)."),
    opentelemetry: z
      .boolean()
      .default(false)
      .describe("Hand measurements to the OpenTelemetry SDK that the process was started with."),
  })
  .prefault({})
  .describe("What is measured, and where it goes.");
