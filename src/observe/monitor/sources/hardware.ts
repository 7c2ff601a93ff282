import { importPeer } from "../../../peer.js";
import type { Reading } from "../reading.js";
import type { Source } from "../source.js";

/** What of systeminformation's answers is read. Its numbers are null where a device does not tell. */
export interface Hardware {
  cpuTemperature(): Promise<{ readonly main: number | null }>;
  diskLayout(): Promise<readonly { readonly smartStatus?: string }[]>;
}

/** What a device tells of its heat. 0 and below stand for "not known" on several boards. */
export function temperatureReadings({ main }: { readonly main: number | null }): readonly Reading[] {
  if (typeof main !== "number" || !Number.isFinite(main) || main <= 0) return [];
  return [{ name: "temperature", unit: "°C", value: main }];
}

/** Disks whose state nobody tells (virtual ones, cards) are neither well nor failing. */
export function diskHealthReadings(disks: readonly { readonly smartStatus?: string }[]): readonly Reading[] {
  const statuses = disks.map(({ smartStatus }) => String(smartStatus));
  const failing = statuses.filter((status) => /fail|degraded/i.test(status)).length;
  if (failing === 0 && !statuses.some((status) => /^ok$/i.test(status))) return [];
  return [{ name: "disks-failing", unit: "count", value: failing }];
}

const says = { temperature: "this device tells no temperature", disks: "no disk of this device tells its health" };

/** Temperature and disk health, through the optional package systeminformation. */
export function hardwareSource(
  load: () => Promise<Hardware> = async () => {
    const { default: peer } = await importPeer("systeminformation", () => import("systeminformation"));
    return peer;
  },
): Source {
  let hardware: Promise<Hardware> | undefined;
  let why: string | undefined;
  return {
    every: 30,
    names: ["temperature", "disks-failing"],
    async read() {
      hardware ??= load();
      try {
        const { cpuTemperature, diskLayout } = await hardware;
        const [heat, disks] = await Promise.all([cpuTemperature(), diskLayout()]);
        why = undefined;
        return [...temperatureReadings(heat), ...diskHealthReadings(disks)];
      } catch (error) {
        why = (error as Error).message;
        return [];
      }
    },
    absent: (name) => why ?? (name === "temperature" ? says.temperature : says.disks),
  };
}
