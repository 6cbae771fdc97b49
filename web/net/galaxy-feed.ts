import type { GalaxyState } from "../../src/schema/galaxy.ts";
import { contractsOf, type LiveContract } from "../model/contracts.ts";
import { type Activity, activitiesOf, type Totals, totalsOf } from "../model/galaxy.ts";
import { JOIN } from "./app.ts";
import { Connection, type Status } from "./connection.ts";
import type { Session } from "./session.ts";
import { foundSchema, noticeSchema } from "./wire.ts";

/** How far back the chart goes, and how often it takes a sample. */
const SAMPLE_MS = 2_000;
const SAMPLES_MAX = 300;
/** How long what operators say to everybody stays: long enough for who looks up now and then. */
const NOTICE_MS = 60_000;

export interface Sample extends Totals {
  readonly atMs: number;
}

type Found = readonly { readonly name: string; readonly sectorId: number }[];

/** What goes on in the galaxy, kept up to date as long as the page is open. */
export class GalaxyFeed {
  activities: ReadonlyMap<number, Activity> = new Map();
  /** This week's guild contracts; none while they are not open here. */
  contracts: readonly LiveContract[] = [];
  status: Status = { kind: "connecting" };
  /** What operators say to everybody; empty while they say nothing. */
  notice = "";
  /** Since the page was opened: the server keeps no such history. */
  readonly history: Sample[] = [];
  readonly #listeners = new Set<() => void>();
  #connection: Connection<GalaxyState>;
  readonly #searches = new Map<string, (pilots: Found) => void>();
  #search = 0;
  #noticeTimer = 0;

  constructor(session: Session) {
    this.#connection = this.#connect(session);
    let { token } = session;
    session.listen(() => {
      const isOther = token !== session.token;
      token = session.token;
      // Who has signed in may be shown what was refused to nobody.
      if (isOther && token !== null && this.status.kind === "ended")
        this.#connection = this.#connect(session);
    });
    setInterval(() => this.#sample(), SAMPLE_MS);
  }

  #connect(session: Session): Connection<GalaxyState> {
    return new Connection<GalaxyState>({
      asker: session,
      join: (client) => client.joinOrCreate<GalaxyState>("galaxy", JOIN),
      onState: (state) => {
        this.activities = activitiesOf(state);
        this.contracts = contractsOf(state);
        if (this.history.length === 0) this.#sample();
        this.#tell();
      },
      onMessage: (type, payload) => {
        const found = foundSchema.safeParse(payload);
        if (type === "found" && found.success) this.#searches.get(found.data.requestId)?.(found.data.pilots);
        const notice = type === "server_notice" ? noticeSchema.safeParse(payload).data : undefined;
        if (notice?.kind === "broadcast") this.#say(notice.text);
      },
      onStatus: (status) => {
        this.status = status;
        this.#tell();
      },
      comesBack: true,
      isFinal: ({ code }) => code === "spectators_off" || code === "token_missing",
    });
  }

  get totals(): Totals {
    return totalsOf(this.activities.values());
  }

  /** @returns what ends it */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    listener();
    return () => this.#listeners.delete(listener);
  }

  /** Looks for pilots in live sectors; each process that has some answers once. A new search ends the one before. */
  findPilots(name: string, onFound: (pilots: Found) => void): void {
    this.#searches.clear();
    const requestId = `find-${++this.#search}`;
    this.#searches.set(requestId, onFound);
    this.#connection.send("find", { requestId, name });
  }

  #say(text: string): void {
    this.notice = `From the operators: ${text}`;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = window.setTimeout(() => {
      this.notice = "";
      this.#tell();
    }, NOTICE_MS);
    this.#tell();
  }

  #sample(): void {
    if (this.status.kind !== "live") return;
    this.history.push({ ...this.totals, atMs: Date.now() });
    if (this.history.length > SAMPLES_MAX) this.history.shift();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
