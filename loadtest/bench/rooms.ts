import { BareClients } from "./bare-clients.ts";
import { type BareRoom, startBareRoom, WITHOUT_DATABASE } from "./bare-room.ts";
import { PLAIN_MIX, type Played, play } from "./play.ts";
import { type Figure, type Finding, median } from "./report.ts";
import type { Settings } from "./settings.ts";
import { openStage } from "./stage.ts";

const EVERY_SECONDS = 5;
const JOINS_PER_SECOND = 100;
const RATIO = { bots: 1_000, sectors: 20 };
const LARGE = { bots: 6_000, sectors: 240 };
const QUICK = { bots: 10, sectors: 2 };
const SETTLE_MS = 3_000;
/** As seldom as a server sends patches that is busy, as ours is under this load. */
const BUSY_PATCH_MS = 400;
/** How many times as long as other measurements: a server spends its first seconds compiling what play takes. */
const LENGTH = 5;
/** Both servers take turns, so that whatever else the machine does meets both; the median counts. */
const ROUNDS = 3;

interface Cost {
  readonly cpuMicrosPerClientSecond: number;
  readonly bytesPerClientSecond: number;
  readonly framesPerClientSecond: number;
}

type Crowd = typeof RATIO;

/** Plays in bare rooms. @returns what `measure` made of the time in which all play */
async function playBare<Result>(
  room: BareRoom,
  { bots, sectors }: Crowd,
  seconds: number,
  measure: (fleet: BareClients) => Promise<() => Promise<Result>>,
): Promise<Result> {
  const fleet = new BareClients({
    ...{ url: room.url, clients: bots, sectors },
    ...{ everyMs: EVERY_SECONDS * 1000, joinsPerSecond: JOINS_PER_SECOND },
  });
  try {
    await fleet.join();
    await pause(SETTLE_MS);
    const result = await measure(fleet);
    await pause(seconds * 1000);
    return await result();
  } finally {
    fleet.stop();
  }
}

async function bareCost(crowd: Crowd, seconds: number): Promise<Cost> {
  const room = await startBareRoom(WITHOUT_DATABASE);
  try {
    return await playBare(room, crowd, seconds, async (fleet) => {
      const before = { ...fleet.traffic, cpu: await room.cpuMicros() };
      const startMs = performance.now();
      return async () => {
        const clientSeconds = (crowd.bots * (performance.now() - startMs)) / 1000;
        const cpu = await room.cpuMicros();
        const { frames, bytes } = fleet.traffic;
        return {
          cpuMicrosPerClientSecond: (cpu - before.cpu) / clientSeconds,
          bytesPerClientSecond: (bytes - before.bytes) / clientSeconds,
          framesPerClientSecond: (frames - before.frames) / clientSeconds,
        };
      };
    });
  } finally {
    await room.end();
  }
}

/** How soon this machine answers when an answer needs no more than a row looked up and, where ours is durable, a row kept. */
async function bareAnswerP99Ms(
  crowd: Crowd,
  seconds: number,
  database: Settings["database"],
): Promise<number> {
  const stage = await openStage(database);
  try {
    const room = await startBareRoom({
      ...WITHOUT_DATABASE,
      ...{ patchMs: BUSY_PATCH_MS, databaseUrl: stage.url },
    });
    try {
      return await playBare(room, crowd, seconds, async () => {
        await room.answerP99Ms();
        return () => room.answerP99Ms();
      });
    } finally {
      await room.end();
    }
  } finally {
    await stage.end();
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
  const load = {
    seconds: playSeconds,
    every: EVERY_SECONDS,
    joinRate: JOINS_PER_SECOND,
    mix: PLAIN_MIX,
    database,
  };
  // As often as the bare room's patches, however busy the server is.
  const likeBare = { TRANSPORT: "ws", PATCH_HZ_MIN: "10" };
  const real: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
    real.push(costOf(await play({ ...crowd, ...load, settings: likeBare }), crowd.bots));
    bare.push(await bareCost(crowd, playSeconds));
  }
  const shipped = await play({ ...crowd, ...load });
  const bareAnswer = await bareAnswerP99Ms(crowd, playSeconds, database);
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
    {
      ...{ what: "bare room, a row looked up and kept: action to answer p99", value: bareAnswer, unit: "ms" },
    },
    ...loadFigures(largeCrowd, large, 100),
  ];
  return {
    bench: "rooms",
    figures,
    notes: [
      "CPU a client-second: server processes alone, without Postgres and clients; both over Colyseus' ws and with ten patches a second, however busy.",
      "The other figures are of a server as it ships: default transport, and fewer patches while it is busy.",
      "Answers are timed in the server: the clients share its cores.",
      "The bare room's answers ask the database for one row by its key, and keep one where ours are durable: as soon as this machine can.",
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
  { bots, sectors }: Crowd,
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
