import { dashboardPages } from "../../dashboard/pages.js";
import { isHoldfastError } from "../../errors.js";
import { type Gateway, gateway } from "../../gateway/gateway.js";
import type { HttpDoor } from "../../gateway/http-door.js";
import type { GatewayMetrics } from "../../gateway/metrics-options.js";
import type { GatewayOptions } from "../../gateway/options.js";
import type { ServeConfig } from "../../gateway/serve-config.js";
import { monitor } from "../../observe/monitor/monitor.js";
import { isInstalled } from "../../serving/runtimes/installed.js";
import type { App } from "../../system/app.js";
import type { Logger } from "../../system/log/logger.js";
import { supervisor } from "../../system/supervisor/supervisor-spec.js";
import { system } from "../../system/system.js";
import { CommandError, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { findConfig, isFolder, loadConfig } from "./config.js";
import { modelCommand, type ServeValues } from "./model-command.js";
import { announce, tellEvents } from "./serve-log.js";
import { announceTo, serveLog } from "./serve-logger.js";
import { type ServingModels, serveModels } from "./serve-models.js";
import { untilStopped } from "./until-stopped.js";

const help = `holdfast serve [config | model.onnx | folder] [options]

Serves the actors of a config over WebSocket and HTTP, with their page. Without a config, ./holdfast.config.mjs (.js, .ts)
is used; without that, two models that come in npm packages: speech (Silero VAD) and read (PP-OCRv4). An .onnx file is
served as it is: its inputs and outputs are printed when it is loaded. A folder is one of models, name/1/model.onnx or
name.onnx, with their versions. Models answer at /v2 too (Open Inference Protocol), where fastify is installed; /metrics is
for Prometheus, where prom-client is.

  --port N           default 8080, or the config's; 0 takes a free one
  --host ADDRESS     default 127.0.0.1; an address that others reach needs HOLDFAST_TOKEN
  --isolation LEVEL  thread or fork, for models; default: thread, and fork for an .onnx file that runs native
  --runtime RUNTIME  of an .onnx file: auto (default), native (onnxruntime-node) or wasm (onnxruntime-web)
  --name NAME        of an .onnx file; default: the file's
  --min N, --max N   members of an .onnx file's pool; default 1, and as many as cores
  --log FORM         text (default), or json: lines for machines, through pino
  --quiet            print problems only
  -h, --help

Environment:
  HOLDFAST_TOKEN        what callers must show (16 characters or more)
  HOLDFAST_ADMIN_TOKEN  what operators must show; default: made anew and printed at each start

Ctrl-C finishes what is under way, then stops; a second one stops without waiting; a third ends at once (exit code 130).
Exit codes: 0 stopped, 1 failed, 2 wrong option or config, 3 cannot listen, 4 nothing could start.
`;

/** `holdfast serve`. */
export async function serve(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("serve", args, {
    port: { type: "string" },
    host: { type: "string" },
    isolation: { type: "string" },
    runtime: { type: "string" },
    name: { type: "string" },
    min: { type: "string" },
    max: { type: "string" },
    log: { type: "string" },
    quiet: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  if (positionals.length > 1)
    throw new CommandError(`serve takes one config, not ${positionals.length}: ${positionals.join(" ")}`);
  const port = wholeNumber("port", values.port, 0, 65_535);
  const config = await configOf(positionals[0], values);
  const log = await serveLog(values.log, config, values.quiet === true);
  const { say, warn } = log;

  const app = await started(config, log.logger);
  if (log.text) tellEvents(app, warn);
  const { monitor: rules = {} } = config;
  if (rules !== false) await orStop(app, async () => monitor(app, rules));
  const models =
    config.models &&
    (await orStop(app, () =>
      serveModels(app, config.models!, { say, warn }, Object.keys(config.expose ?? {}).length === 0),
    ));
  const expose = { ...config.expose, ...models?.expose };
  const metrics = metricsOption(config, models, warn);
  const open = { ...config, expose, metrics, http: await httpDoors(config, models, warn) };
  const door = await opened(app, open, { port, host: values.host });
  const { adminToken = process.env.HOLDFAST_ADMIN_TOKEN } = config;
  if (log.text) announce(app, door, open, say, !adminToken);
  else announceTo(log.logger, door, Object.keys(expose), !adminToken);
  return untilStopped({ app, door, drain: config.drain ?? "10s", exposed: Object.keys(expose), models, say });
}

/** V2 for models, beside what the config has. */
async function httpDoors(
  { http = [] }: ServeConfig,
  models: ServingModels | undefined,
  warn: (line: string) => void,
): Promise<readonly HttpDoor[]> {
  if (!models) return http;
  if (!isInstalled("fastify")) {
    warn("models are not served at /v2: fastify is not installed. Type: npm i fastify");
    return http;
  }
  const { v2Door } = await import("../../gateway/v2/v2-door.js");
  return [...http, v2Door(models.served)];
}

/** What is told at /metrics: where prom-client is installed, and nobody says otherwise. */
function metricsOption(
  { metrics }: ServeConfig,
  models: ServingModels | undefined,
  warn: (line: string) => void,
): boolean | GatewayMetrics {
  if (metrics === false) return false;
  // Nobody has asked for it: then /metrics itself says what to type.
  if (metrics !== undefined && !isInstalled("prom-client"))
    warn("/metrics tells nothing: prom-client is not installed. Type: npm i prom-client");
  if (metrics !== undefined && typeof metrics !== "boolean" && (typeof metrics !== "object" || metrics === null))
    return metrics;
  return { ...(models && { models: models.served }), ...(typeof metrics === "object" ? metrics : {}) };
}

/** What fails on the way up leaves nothing running. */
async function orStop<T>(app: App<unknown>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await app.stop({ drain: 0 });
    if (isHoldfastError(error, "InvalidSpec")) throw new CommandError(error.message);
    throw error;
  }
}

async function configOf(named: string | undefined, values: ServeValues): Promise<ServeConfig> {
  const { isolation } = values;
  if (isolation !== undefined && isolation !== "thread" && isolation !== "fork") {
    throw new CommandError(`--isolation is "${isolation}": give thread or fork`);
  }
  if (named?.endsWith(".onnx")) {
    const { modelConfig } = await import("./model-config.js");
    return modelConfig(modelCommand(named, values));
  }
  if (named !== undefined && isFolder(named)) {
    refuseStray(values, "isolation");
    return { models: { folder: named } };
  }
  refuseStray(values);
  const path = findConfig(named);
  if (path !== undefined) return loadConfig(path);
  const { modelsConfig } = await import("./models-config.js");
  return modelsConfig({ isolation: isolation ?? "thread" });
}

function refuseStray(values: ServeValues, ...more: "isolation"[]): void {
  const stray = (["runtime", "name", "min", "max", ...more] as const).find((option) => values[option] !== undefined);
  if (stray) throw new CommandError(`--${stray} goes with an .onnx file: holdfast serve model.onnx --${stray} …`);
}

/** The tree, on its way up. A package that is missing is known at once, and no reason to go on. */
async function started(config: ServeConfig, logger: Logger): Promise<App<unknown>> {
  try {
    const { tree = supervisor({}, {}), store, deadLetters } = config;
    const kept = { ...(store && { store }), ...(deadLetters !== undefined && { deadLetters }) };
    return await system(tree, { start: "background", logger, ...kept });
  } catch (error) {
    if (isHoldfastError(error, "MissingPeer")) throw new CommandError(error.message, exitCodes.cannotStart);
    if (isHoldfastError(error, "InvalidSpec")) throw new CommandError(error.message, exitCodes.usage);
    throw error;
  }
}

async function opened(
  app: App<unknown>,
  config: ServeConfig & Pick<GatewayOptions, "expose">,
  given: { port: number | undefined; host: string | undefined },
): Promise<Gateway> {
  const { HOLDFAST_TOKEN: token, HOLDFAST_ADMIN_TOKEN: adminToken } = process.env;
  const {
    tree: _,
    drain: __,
    models: ___,
    store: ____,
    monitor: _____,
    logger: ______,
    deadLetters: _______,
    ...options
  } = config;
  try {
    return await gateway(app, {
      ...options,
      ...(given.port === undefined ? {} : { port: given.port }),
      ...(given.host === undefined ? {} : { host: given.host }),
      ...(token ? { token } : {}),
      ...(adminToken ? { adminToken } : {}),
      pages: dashboardPages(),
    });
  } catch (error) {
    await app.stop({ drain: 0 });
    if (isHoldfastError(error)) {
      throw new CommandError(error.message, "errno" in error.details ? exitCodes.cannotListen : exitCodes.usage);
    }
    throw error;
  }
}
