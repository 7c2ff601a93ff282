import { readFileSync } from "node:fs";
import type { ServedModels } from "../../serving/repository/served-models.js";
import type { HttpDoor } from "../http-door.js";
import { checkV2Options, type V2DoorOptions, v2Settings } from "./options.js";
import { V2Server } from "./v2-server.js";
import { V2Service } from "./v2-service.js";

/**
 * The Open Inference Protocol (V2) over HTTP, for a gateway's port: health, metadata, inference in JSON and with binary
 * tensors, configuration, statistics, repository, sequences. Needs the package `fastify`.
 * @throws HoldfastError InvalidSpec for options that cannot be; MissingPeer (from `gateway()`) where fastify is not installed
 * @example
 * const door = await gateway(app, { expose: {}, http: [v2Door(models)] });
 */
export function v2Door(models: ServedModels, options: V2DoorOptions = {}): HttpDoor {
  checkV2Options(options);
  return {
    prefix: "/v2",
    open(host) {
      const settings = v2Settings(options, host);
      const service = new V2Service({
        models,
        serverName: settings.serverName,
        serverVersion: ownVersion(),
        clock: host.clock,
      });
      return V2Server.open("/v2", service, settings, host);
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
