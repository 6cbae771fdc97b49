import {
  COUNTERS,
  GAUGES,
  GUARDRAILS,
  HISTOGRAMS,
  PROCESS_METRICS,
  READ_COUNTERS,
} from "../telemetry/metrics-catalogue.ts";
import { table } from "./docs-tables.ts";

interface Described {
  readonly help: string;
  readonly labels?: readonly string[];
  readonly red: string;
}

function metricTable(metrics: Readonly<Record<string, Described>>): string {
  const rows = Object.entries(metrics).map(([name, { help, labels = [], red }]) => [
    `\`${name}\``,
    labels.map((label) => `\`${label}\``).join(", "),
    help,
    red,
  ]);
  return table(["metric", "labels", "what it says", "when it is red, and what to do"], rows);
}

/** `docs/metrics.md`, less its first line. */
export function metricsPage(): string {
  return `# Metrics

\`GET /metrics\` of each process tells them in Prometheus' text form, to whoever asks from a private address past no proxy, or,
where \`METRICS_TOKEN\` is set, to whoever sends it as bearer token. [operations.md](operations.md) shows how to collect them, and
\`deploy/grafana.json\` is a dashboard of them.

Durations are in seconds. A histogram has \`_bucket\`, \`_sum\` and \`_count\`; its p99 over five minutes is
\`histogram_quantile(0.99, sum by (le) (rate(sectorkeep_tick_seconds_bucket[5m])))\`.

## Durations and sizes (histograms)

${metricTable(HISTOGRAMS)}

## What happened (counters)

${metricTable({ ...COUNTERS, ...READ_COUNTERS })}

## What is (gauges)

${metricTable(GAUGES)}

## The ecosystem's guardrails (gauges)

The same from every process, at most a minute old; \`GET /metrics/guardrails\` and \`npm run admin -- guardrails\` tell them with
what they are made of.

${metricTable(GUARDRAILS)}

## The process

prom-client's own metrics of a Node process are there too; of these look at:

${metricTable(PROCESS_METRICS)}
`;
}
