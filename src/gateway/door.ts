/** The door of `holdfast/gateway`. */
export type { AuditFileOptions } from "./admin/audit-options.js";
export type { CanaryOptions } from "./canaries.js";
export { type Gateway, gateway } from "./gateway.js";
export type { HttpDoor, HttpHost, OpenHttpDoor } from "./http-door.js";
export type { GatewayMetrics } from "./metrics-options.js";
export type { Expose, ExposeMethod, ExposeOptions, GatewayOptions } from "./options.js";
export type { PageRequest, PageResponse, Pages } from "./page.js";
export { defineConfig, type ServeConfig } from "./serve-config.js";
