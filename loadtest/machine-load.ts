/** How busy the machine was besides: bots, servers and Postgres share it with whatever else runs. */
import { cpus, loadavg } from "node:os";

export interface MachineLoad {
  readonly cores: number;
  readonly model: string;
  /** One minute's, when the play began. */
  readonly loadBefore: number;
  /** Of all cores together, everything counted. */
  readonly busyPercent: number;
  /** Of one core: the bots. */
  readonly botsCpuPercent: number;
}

/** Begins to measure. @returns what has been measured until it is called */
export function measureMachine(): () => MachineLoad {
  const [before, usedBefore, startMs] = [cpuTimes(), process.cpuUsage(), performance.now()];
  const [loadBefore = 0] = loadavg();
  return () => {
    const after = cpuTimes();
    const used = process.cpuUsage(usedBefore);
    const all = after.all - before.all;
    return {
      cores: cpus().length,
      model: cpus()[0]?.model.trim() ?? "unknown",
      loadBefore,
      busyPercent: all === 0 ? 0 : (1 - (after.idle - before.idle) / all) * 100,
      botsCpuPercent: (used.user + used.system) / 10 / (performance.now() - startMs),
    };
  };
}

function cpuTimes(): { idle: number; all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
