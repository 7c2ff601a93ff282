/** The public door of holdfast: grouped re-exports, nothing else. */

// what a user writes
export { Actor } from "./actor/actor.js";
export { construct } from "./actor/actor-context.js";
export type { ActorLog, LogLevel } from "./actor/actor-log.js";
export type { Call } from "./actor/call.js";
export { ignore } from "./actor/ignore.js";
export type { ActorSelf } from "./actor/lifecycle.js";
export type { MethodOptions } from "./actor/methods.js";
export type { Notice } from "./actor/notice.js";
// what a user holds
export {
  type Ask,
  type CallOptions,
  type KeyedGroupRef,
  type KeyedRef,
  type PoolRef,
  type Ref,
  type Resizable,
  refTo,
  type Tell,
} from "./actor/ref.js";
export type { Spawnable } from "./actor/spawnable.js";
export type { DataOf, TensorLease } from "./actor/tensor-lease.js";
export type { Clock, Timer } from "./clock.js";
export type { Duration } from "./duration.js";
// what can go wrong
export { errorTable } from "./error-table.js";
export { type ErrorCode, HoldfastError, isHoldfastError, refuse } from "./errors.js";
export type { Isolation } from "./host/host.js";
// tensors
export type { Dtype, Tensor, TensorData } from "./protocol/dtypes.js";
export type { Priority } from "./protocol/priority.js";
export type { TraceContext } from "./protocol/trace-context.js";
export type { AdmissionOptions } from "./routing/admission/admission-options.js";
export {
  type BroadcastOptions,
  broadcast,
  type FirstCompletedOptions,
  firstCompleted,
} from "./routing/broadcast.js";
export type { EjectOptions } from "./routing/ejection/eject-options.js";
export type { BroadcastOutcome, BroadcastRef, FirstCompletedRef } from "./routing/fan-out/broadcast-ref.js";
// many actors behind one ref
export { type KeyedOptions, keyed } from "./routing/keyed.js";
export { type MajorityOptions, majority } from "./routing/majority.js";
export { type ParityOptions, parity } from "./routing/parity.js";
export type { Candidate, Pick, Routed } from "./routing/picks/pick.js";
export type { Route, RouteName } from "./routing/picks/route.js";
export { pool } from "./routing/pool.js";
export type { PoolOptions, ScaleOptions } from "./routing/pools/pool-options.js";
export type { RecycleOptions } from "./routing/recycling/recycle-options.js";
export type {
  ScalingDecision,
  ScalingLimits,
  ScalingMemory,
  ScalingRule,
  ScalingView,
} from "./routing/scaling/scaling-rule.js";
// how it is supervised
export type { ChildState } from "./supervision/life.js";
export type { Preset } from "./supervision/presets.js";
export type { BackoffOptions, ChildOptions, IntensityOptions, SupervisorOptions } from "./supervision/spec.js";
// the running system
export type { App } from "./system/app.js";
export type { AuditEntry } from "./system/audit.js";
export type { EventOnChannel } from "./system/channels/event-channels.js";
export type { MessageOnChannel } from "./system/channels/message-channels.js";
export type { DrainOptions, HangOptions } from "./system/controls.js";
export type { FlightEvent, HostRecord } from "./system/death/black-box.js";
export {
  causeText,
  type DeadLetter,
  type DeathCause,
  type DeathReport,
  type MessageEvidence,
  type PoisonEvidence,
} from "./system/death/report.js";
export type { DurableOptions } from "./system/durable/durable-options.js";
export type {
  OpenStore,
  Store,
  StoreChange,
  StoredEntity,
  StoredPiece,
  StoreNews,
  StoreSurroundings,
} from "./system/durable/store.js";
export type { SystemEvent, ThresholdEvent } from "./system/events.js";
export type {
  DeadLetterOptions,
  DeadLetters,
  KeptLetter,
  LetterFilter,
  RetriedLetters,
} from "./system/letters/dead-letters.js";
export type { Logger } from "./system/log/logger.js";
export {
  type ActorOptions,
  type ActorSpec,
  fork,
  inline,
  type MailboxOptions,
  type MemoryOptions,
  thread,
} from "./system/specs.js";
export { type Counted, type LatencyStats, latencyBoundsMs, type SystemStats, type UnitStats } from "./system/stats.js";
export type { ChildCount, ChildInfo } from "./system/supervisor/child-info.js";
export { type DynamicOptions, type DynamicRef, type DynamicSpec, dynamic } from "./system/supervisor/dynamic-spec.js";
export { type Children, type RefsOf, type SupervisorSpec, supervisor } from "./system/supervisor/supervisor-spec.js";
export { type SystemMemory, type SystemOptions, system } from "./system/system.js";
export type { TraceOptions } from "./system/trace/tracing.js";
export { type Busy, type TreeNode, treeText } from "./system/tree.js";
export type { ChildSpec } from "./system/unit.js";
