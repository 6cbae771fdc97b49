import { missionOf } from "../../../src/rules/missions.ts";
import type { Context } from "../../app.ts";
import { isOpen, statusText } from "../../model/expeditions.ts";
import { Confirmation } from "../../model/presses.ts";
import { surfaceName } from "../../model/rewards.ts";
import { duration, plainWords } from "../../model/words.ts";
import { asApiError } from "../../net/api.ts";
import type { ExpeditionDesk } from "../../net/expedition-desk.ts";
import type { Run } from "../../net/wire-economy.ts";
import { fill, h, refill, say } from "../dom.ts";
import { icon } from "../icons.ts";
import { copyField } from "./inputs.ts";
import { runResult } from "./run-result.ts";

/** The run that is looked at: how far it is, how the game gets it, and in the end what it brought. */
export class RunPanel {
  readonly element = h("section", { class: "panel run", "aria-labelledby": "run-title", hidden: true });
  readonly #context: Context;
  readonly #desk: ExpeditionDesk;
  readonly #title = h("h2", { id: "run-title", tabindex: -1 });
  readonly #left = h("span", { class: "muted number" });
  readonly #status = h("p", { class: "run-status", role: "status" });
  readonly #body = h("div", { class: "body" });
  readonly #problem = h("p", { class: "notice", role: "alert" });
  #shown = "";
  /** What cannot be taken back is asked for twice. */
  readonly #sure = new Confirmation();

  constructor(context: Context, desk: ExpeditionDesk) {
    this.#context = context;
    this.#desk = desk;
    this.element.append(
      h("header", {}, this.#title, this.#left),
      h("div", { class: "body" }, this.#status),
      this.#body,
      this.#problem,
    );
  }

  show(): void {
    const { shown } = this.#desk;
    this.element.hidden = shown === null;
    if (shown === null) return;
    const { run } = shown;
    const text = JSON.stringify([shown, this.#desk.tokenOf(run.runId), this.#sure.about]);
    if (text === this.#shown) return;
    this.#shown = text;
    fill(this.#problem);
    say(this.#title, missionOf(run.missionId).title);
    say(this.#status, statusText(run));
    refill(this.#body, steps(run), this.#where(run), ...(isOpen(run) ? this.#open(run) : runResult(shown)));
    this.tick();
  }

  /** Goes there: on a phone it lies below what was pressed. */
  focus(): void {
    this.#title.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** What only time changes. */
  tick(): void {
    const run = this.#desk.shown?.run;
    const open = run !== undefined && isOpen(run);
    say(this.#left, open ? `${duration(run.expiresAtMs - this.#context.time.now())} left` : "");
  }

  #where({ sectorId, richnessTier, loadout, surface }: Run): HTMLElement {
    const name = this.#context.atlas.sector(sectorId)?.name ?? "";
    return h(
      "p",
      { class: "muted" },
      h("a", { href: `/sector/${sectorId}` }, `${sectorId} ${name}`),
      ` · tier ${richnessTier} · ${loadout.drill} drill, ${loadout.scanner} scanner · ${surfaceName(surface)}`,
    );
  }

  #open(run: Run): HTMLElement[] {
    const token = this.#desk.tokenOf(run.runId);
    const asking = this.#sure.about === run.runId;
    const cancel = h(
      "button",
      { class: "button danger", type: "button", id: "cancel-run", click: () => void this.#cancel(run.runId) },
      asking ? "Give it up for good" : "Give it up",
    );
    return [
      ...(run.status === "created" ? handover(run, token, this.#context.session.token) : []),
      h("div", { class: "links" }, cancel),
    ];
  }

  async #cancel(runId: string): Promise<void> {
    if (!this.#sure.press(runId)) {
      this.show();
      return;
    }
    try {
      await this.#desk.cancel(runId);
    } catch (error) {
      this.show();
      fill(this.#problem, asApiError(error).message);
    }
  }
}

/** From here the run belongs to the game: what it has to be given, and that it has to be the same pilot there. */
function handover({ surface }: Run, token: string | null, signIn: string | null): HTMLElement[] {
  if (token === null || signIn === null) {
    const lost = "It was created elsewhere, and only there its token is known. Play it there, or give it up.";
    return [h("p", { class: "muted" }, lost)];
  }
  return [
    h("h3", { class: "sub-head" }, "Hand it to the game"),
    h(
      "ol",
      { class: "handover" },
      h(
        "li",
        {},
        h("span", {}, "Sign the game in as this pilot. A game that has not seen them takes this:"),
        copyField("pilot-token", "The pilot’s sign-in (keep it to yourself)", signIn, true),
      ),
      h(
        "li",
        {},
        h("span", {}, `Give ${surfaceName(surface).toLowerCase()} the run:`),
        copyField("run-token", "The run’s token", token),
      ),
    ),
    ...(surface === OWN_GAME
      ? [
          h("p", {}, "Or start the game that comes with this server with all of it:"),
          copyField("run-command", "Command (keep it to yourself)", command(signIn, token), true),
        ]
      : []),
    h("p", { class: "muted" }, "Play it within the half hour. This page notices when it begins and ends."),
  ];
}

/** Of the game in godot/ (docs/godot.md), and what it takes on its command line. */
const OWN_GAME = "godot_mining";
function command(signIn: string, token: string): string {
  const server = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  return `godot --path godot -- --server=${server} --token=${signIn} --run=${token}`;
}

const ENDS = ["rejected", "expired", "cancelled"];

/** Created → started → completed, or how else it ended: by words and signs, where it is by more than colour. */
function steps(run: Run): HTMLElement {
  const { status, startedAtMs } = run;
  const end = ENDS.includes(status) ? status : "completed";
  const at = status === "created" ? 0 : status === "started" ? 1 : 2;
  return h(
    "ol",
    { class: "steps", "aria-label": "How far it is" },
    ...["created", "started", end].map((name, index) => {
      const skipped = index === 1 && at === 2 && startedAtMs === null;
      const done = !skipped && (index < at || (index === at && at === 2));
      const sign = ENDS.includes(name) ? "close" : done ? "check" : index === at ? "clock" : null;
      const kind = skipped
        ? "skipped"
        : ENDS.includes(name)
          ? "failed"
          : done
            ? "done"
            : index === at
              ? "now"
              : "";
      return h(
        "li",
        { class: kind, "aria-current": index === at ? "step" : null },
        h("span", { class: "step-sign", "aria-hidden": "true" }, sign !== null && icon(sign)),
        h("span", {}, skipped ? "Never started" : plainWords(name)),
      );
    }),
  );
}
