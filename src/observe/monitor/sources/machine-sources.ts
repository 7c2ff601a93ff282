import type { MonitorSettings } from "../monitor-options.js";
import type { Source } from "../source.js";
import { cpuSource } from "./cpu.js";
import { diskSource } from "./disk.js";
import { folderSource } from "./folder.js";
import { hardwareSource } from "./hardware.js";
import { loopSource } from "./loop.js";
import { memorySource } from "./memory.js";
import { peerSource } from "./peer.js";
import { pressureSource } from "./pressure.js";

/** All that these settings say is to be read, of this process and its machine. */
export function machineSources({ disks, folders, peers, hardware }: MonitorSettings): readonly Source[] {
  return [
    loopSource(),
    cpuSource(),
    memorySource(),
    pressureSource(),
    ...disks.map((folder) => diskSource(folder)),
    ...folders.map((folder) => folderSource(folder)),
    ...peers.map((peer) => peerSource(peer)),
    ...(hardware ? [hardwareSource()] : []),
  ];
}
