/** What is told of one metric beside its values. */
export interface MetricFacts {
  readonly type: "counter" | "gauge" | "histogram";
  /** Every label that its values may have; "le" of histograms is not among them. */
  readonly labels: readonly string[];
  /** One line: what is counted, and in what unit. */
  readonly help: string;
}

const counter = (help: string, ...labels: string[]): MetricFacts => ({ type: "counter", labels, help });
const gauge = (help: string, ...labels: string[]): MetricFacts => ({ type: "gauge", labels, help });
const histogram = (help: string, ...labels: string[]): MetricFacts => ({ type: "histogram", labels, help });

/**
 * Every metric by name, in the order in which they are told. Names are a promise: dashboards and alerts stand on them. Those that
 * begin with `nv_` and `process_` are what Triton and the clients of Prometheus call the same thing.
 */
export const metricTable = {
  holdfast_messages_accepted_total: counter("Messages taken into a mailbox.", "actor"),
  holdfast_messages_answered_total: counter("Asks that were answered.", "actor"),
  holdfast_messages_failed_total: counter("Messages that ended with an error, by its code.", "actor", "code"),
  holdfast_messages_refused_total: counter("Messages that were not taken, by the error's code.", "actor", "code"),
  holdfast_messages_told_total: counter("Tells that were handled.", "actor"),
  holdfast_messages_redelivered_total: counter("Messages delivered again after a death.", "actor"),
  holdfast_messages_quarantined_total: counter("Messages that killed twice and were taken out.", "actor"),
  holdfast_messages_shed_total: counter("Messages refused since there was too much to do.", "actor"),
  holdfast_mailbox_messages: gauge("Messages that wait.", "actor"),
  holdfast_mailbox_oldest_wait_seconds: gauge("How long the oldest ask has waited; 0 where only tells wait.", "actor"),
  holdfast_executing_messages: gauge(
    "Messages that a host has and that are not settled: those that run, and up to 64 handed over behind them.",
    "actor",
  ),
  holdfast_request_duration_seconds: histogram("From a message's acceptance to its outcome.", "actor"),
  holdfast_restarts_total: counter("Restarts of an actor, by the kind of death before.", "actor", "cause"),
  holdfast_planned_restarts_total: counter("Restarts that no death came before, by why.", "actor", "why"),
  holdfast_heap_bytes: gauge("JavaScript heap of the host that an actor runs in, at its latest beat.", "actor"),
  holdfast_external_bytes: gauge("Memory outside the heap of the same host.", "actor"),
  holdfast_actor_running: gauge(
    "1 while it runs, 0 while it does not: down, starting, or quarantined. Of a pool or keyed group: whether a member serves.",
    "actor",
  ),
  holdfast_actors: gauge("Actors by state.", "state"),
  holdfast_pool_members: gauge("Members of a pool, those on their way up and down included.", "actor"),
  holdfast_pool_members_ready: gauge("Members of a pool that serve.", "actor"),
  holdfast_pool_members_ejected: gauge("Members of a pool that get no mail for now.", "actor"),
  holdfast_spares: gauge("Hosts that wait for the next death, by state.", "state"),
  holdfast_standbys: gauge("Replicas of actors, by state.", "state"),
  holdfast_dead_letters_total: counter("Messages that nobody handles, by reason.", "reason"),
  holdfast_deaths_total: counter("Deaths of actors and hosts, by kind.", "cause"),
  holdfast_recoveries_total: counter("Deaths after which service was back, by how.", "level"),
  holdfast_gave_up_total: counter("Deaths after which no restart came, by decision.", "decision"),
  holdfast_recovery_step_seconds: histogram(
    "Where the time between a fault and service went: detect, decide, restart, warm, redeliver.",
    "step",
  ),
  holdfast_recycled_total: counter("Hosts started anew without a death, by what had grown.", "what"),
  holdfast_scaling_decisions_total: counter("Changes of a pool's size.", "actor", "direction", "by"),
  holdfast_scaling_verdicts_total: counter("What growth of pools has brought.", "verdict"),
  holdfast_ejections_total: counter("Members of a pool that got no mail for a while.", "actor"),
  holdfast_breaker_state: gauge("A circuit breaker: 0 closed, 1 half-open, 2 open.", "actor"),
  holdfast_breaker_opened_total: counter("How often a circuit breaker opened.", "actor"),
  holdfast_standby_promotions_total: counter("Replicas that took over.", "actor"),
  holdfast_store_failures_total: counter("How often the store stopped taking changes."),
  holdfast_store_failed: gauge("1 while the store takes no changes, and durable actors refuse their mail."),
  holdfast_state_fallbacks_total: counter("Snapshots that could not be restored, so that the one before was."),
  holdfast_votes_lost_total: counter("Rounds in which members that vote did not all agree.", "actor"),
  holdfast_rebuilt_answers_total: counter("Answers made of those of the others and their parity, by why.", "why"),
  holdfast_fenced_total: counter("What incarnations sent after their end, by kind: it was dropped.", "what"),
  holdfast_lingering_total: counter("Incarnations whose handlers ran on after their end, where nobody can end them."),
  holdfast_abandoned_hosts: gauge("Threads that would not die, and are still there."),
  holdfast_hop_retries_total: counter("Calls made again.", "hop"),
  holdfast_hop_retries_over_budget_total: counter("Calls that would have been made again, but for the budget.", "hop"),
  holdfast_hop_hedges_total: counter("Calls made a second time while the first was under way.", "hop"),
  holdfast_hop_hedges_won_total: counter("Of these, those whose second answer was first.", "hop"),
  holdfast_hop_cache_total: counter("Calls by what the cache did: hit, miss, shared, stale.", "hop", "outcome"),
  holdfast_hop_breaker_refused_total: counter("Calls that a breaker did not let through.", "hop"),
  holdfast_hop_fallbacks_total: counter("Calls that the fallback was asked for.", "hop"),
  nv_inference_request_success: counter("Number of successful inference requests, all batch sizes", "model", "version"),
  nv_inference_request_failure: counter("Number of failed inference requests, all batch sizes", "model", "version"),
  nv_inference_count: counter("Number of inferences performed (does not include cached requests)", "model", "version"),
  nv_inference_exec_count: counter(
    "Number of model executions performed (does not include cached requests)",
    "model",
    "version",
  ),
  nv_inference_request_duration_us: counter(
    "Cumulative inference request duration in microseconds (includes cached requests)",
    "model",
    "version",
  ),
  nv_inference_queue_duration_us: counter(
    "Cumulative inference queuing duration in microseconds (includes cached requests)",
    "model",
    "version",
  ),
  nv_inference_compute_input_duration_us: counter(
    "Cumulative compute input duration in microseconds (does not include cached requests)",
    "model",
    "version",
  ),
  nv_inference_compute_infer_duration_us: counter(
    "Cumulative compute inference duration in microseconds (does not include cached requests)",
    "model",
    "version",
  ),
  nv_inference_compute_output_duration_us: counter(
    "Cumulative inference compute output duration in microseconds (does not include cached requests)",
    "model",
    "version",
  ),
  nv_inference_pending_request_count: gauge(
    "Instantaneous number of pending requests awaiting execution per-model.",
    "model",
    "version",
  ),
  holdfast_thresholds_total: counter(
    "Rules of the monitor that began to hold, held on, or hold no longer, by what they read.",
    "reading",
    "state",
  ),
  holdfast_operator_acts_total: counter(
    "What operators did or were refused, as the audit log has it.",
    "act",
    "outcome",
  ),
  holdfast_gateway_connections: gauge("WebSocket connections."),
  holdfast_gateway_pending_requests: gauge("Requests of all doors that are not answered yet."),
  holdfast_gateway_refused_tokens_total: counter("Wrong tokens, those refused for being too many included."),
  holdfast_event_loop_delay_seconds: gauge(
    "How late the main thread's event loop was since the scrape before: p50, p99, max.",
    "point",
  ),
  holdfast_event_loop_utilization: gauge("The part of the time since the scrape before that it was busy, 0 to 1."),
  holdfast_uptime_seconds: gauge("Since the system began."),
  holdfast_monitor_reading: gauge(
    "What the monitor has read, in the unit that stands beside it.",
    "reading",
    "of",
    "unit",
  ),
  holdfast_monitor_triggered: gauge("1 while a rule of the monitor holds.", "rule"),
  process_cpu_seconds_total: counter("Total user and system CPU time spent in seconds."),
  process_resident_memory_bytes: gauge("Resident memory size in bytes."),
  process_start_time_seconds: gauge("Start time of the process since unix epoch in seconds."),
  holdfast_scrape_duration_seconds: gauge("Main-thread time that reading the numbers took, of the scrape before."),
  holdfast_scrape_failures_total: counter("Sources of numbers that threw, and are missing from a scrape.", "source"),
} as const satisfies Readonly<Record<string, MetricFacts>>;

/** A metric's name. */
export type MetricName = keyof typeof metricTable;
