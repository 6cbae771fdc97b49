import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { discardLater, endChild } from "../discards.ts";
import { freePort } from "../servers.ts";
import { BareClients } from "./bare-clients.ts";
import { type Played, play } from "./play.ts";
import { cpuMicrosOf } from "./process-cpu.ts";
import { type Figure, type Finding, median } from "./report.ts";
import type { Settings } from "./settings.ts";

const PROGRAM = fileURLToPath(new URL("bare-server.ts", import.meta.url));
const HARVEST_SECONDS = 3;
const EVERY_SECONDS = 5;
const JOINS_PER_SECOND = 100;
/** A client leaves the line now and then in a load test; here nobody does, on either side. */
const MIX = "harvest=60,warp=20,attack=10,dock=5,sell=5";
const RATIO = { bots: 1_000, sectors: 20 };
const LARGE = { bots: 6_000, sectors: 240 };
const QUICK = { bots: 10, sectors: 2 };
const SETTLE_MS = 3_000;
/** How many times as long as other measurements: a server spends its first seconds compiling what play takes. */
const LENGTH = 5;
/** Both servers take turns, so that whatever else the machine does meets both; the median counts. */
const ROUNDS = 3;

interface Cost {
  readonly cpuMicrosPerClientSecond: number;
  readonly bytesPerClientSecond: number;
  readonly framesPerClientSecond: number;
}

async function bareRoom(clients: number, sectors: number, seconds: number): Promise<Cost> {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, String(port), String(HARVEST_SECONDS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const end = discardLater(() => endChild(child, "SIGKILL"));
  try {
    await once(child.stdout, "data");
    const fleet = new BareClients({
      ...{ url: `http://localhost:${port}`, clients, sectors },
      ...{ everyMs: EVERY_SECONDS * 1000, joinsPerSecond: JOINS_PER_SECOND },
    });
    await fleet.join();
    await pause(SETTLE_MS);
    const before = { ...fleet.traffic, cpu: await cpuMicrosOf(child.pid ?? 0) };
    const startMs = performance.now();
    await pause(seconds * 1000);
    const clientSeconds = (clients * (performance.now() - startMs)) / 1000;
    const cpu = await cpuMicrosOf(child.pid ?? 0);
    const { frames, bytes } = fleet.traffic;
    fleet.stop();
    return {
      cpuMicrosPerClientSecond: (cpu - before.cpu) / clientSeconds,
      bytesPerClientSecond: (bytes - before.bytes) / clientSeconds,
      framesPerClientSecond: (frames - before.frames) / clientSeconds,
    };
  } finally {
    await end();
  }
}

function costOf({ report, cpuPercent }: Played, clients: number): Cost {
  const { bytesPerClientSecond, framesIn, seconds } = report.play;
  return {
    cpuMicrosPerClientSecond: (cpuPercent * 10_000) / clients,
    bytesPerClientSecond,
    framesPerClientSecond: framesIn / clients / seconds,
  };
}

/** What a sector costs above a room that does nothing but send. */
export async function rooms({ database, isQuick, seconds }: Settings): Promise<Finding> {
  const [crowd, largeCrowd] = isQuick ? [QUICK, QUICK] : [RATIO, LARGE];
  const playSeconds = isQuick ? seconds : seconds * LENGTH;
  const load = { seconds: playSeconds, every: EVERY_SECONDS, joinRate: JOINS_PER_SECOND, mix: MIX, database };
  // As often as the bare room's patches, however busy the server is.
  const likeBare = { TRANSPORT: "ws", PATCH_HZ_MIN: "10" };
  const real: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
    real.push(costOf(await play({ ...crowd, ...load, settings: likeBare }), crowd.bots));
    bare.push(await bareRoom(crowd.bots, crowd.sectors, playSeconds));
  }
  const shipped = await play({ ...crowd, ...load });
  const large = await play({ ...largeCrowd, ...load });
  const figures: Figure[] = [
    ...costFigures("Sectorkeep", real),
    ...costFigures("bare room", bare),
    {
      what: "CPU, Sectorkeep : bare room",
      value: median(
        real.map((cost, round) => cpuOf(cost) / (bare[round]?.cpuMicrosPerClientSecond ?? Number.NaN)),
      ),
      unit: "×",
      goal: { max: 1.3 },
    },
    ...loadFigures(crowd, shipped, 20, 10),
    ...loadFigures(largeCrowd, large, 100),
  ];
  return {
    bench: "rooms",
    figures,
    notes: [
      "CPU a client-second: server processes alone, without Postgres and clients; both over Colyseus' ws and with ten patches a second, however busy.",
      "The other figures are of a server as it ships: default transport, and fewer patches while it is busy.",
      "Answers are timed in the server: the clients share its cores.",
    ],
  };
}

const cpuOf = (cost: Cost) => cost.cpuMicrosPerClientSecond;

function costFigures(what: string, rounds: readonly Cost[]): Figure[] {
  const of = (pick: (cost: Cost) => number) => median(rounds.map(pick));
  return [
    { what: `${what}: CPU a client-second`, value: of(cpuOf), unit: "µs" },
    { what: `${what}: bytes a client-second`, value: of((cost) => cost.bytesPerClientSecond), unit: "B" },
    { what: `${what}: frames a client-second`, value: of((cost) => cost.framesPerClientSecond), unit: "" },
  ];
}

function loadFigures(
  { bots, sectors }: typeof RATIO,
  played: Played,
  answerMsMax: number,
  tickMsMax?: number,
): Figure[] {
  const what = `${bots} clients in ${sectors} sectors`;
  return [
    {
      ...{ what: `${what}: tick p99`, value: played.tickP99Ms, unit: "ms" },
      ...(tickMsMax !== undefined && { goal: { max: tickMsMax } }),
    },
    {
      what: `${what}: action to answer p99`,
      value: played.answerP99Ms,
      unit: "ms",
      goal: { max: answerMsMax },
    },
    { what: `${what}: patches a client-second`, value: played.report.play.patchesPerClientSecond, unit: "" },
    { what: `${what}: CPU`, value: played.cpuPercent, unit: "% of a core" },
  ];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
