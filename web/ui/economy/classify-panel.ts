import { themeOf } from "../../model/contracts.ts";
import { count, plainWords } from "../../model/words.ts";
import { asApiError } from "../../net/api.ts";
import type { GuildDesk, Judged } from "../../net/guild-desk.ts";
import type { Contract, Subject } from "../../net/wire-economy.ts";
import { fill, h, say } from "../dom.ts";
import { icon } from "../icons.ts";
import { readingsChart } from "./readings-chart.ts";

/** Subjects of a contract, one after the other: what was measured is shown, and the user says what it is. */
export class ClassifyPanel {
  readonly element = h("section", {
    class: "panel classify",
    "aria-labelledby": "classify-title",
    hidden: true,
  });
  readonly #desk: GuildDesk;
  readonly #title = h("h2", { id: "classify-title", tabindex: -1 });
  readonly #theme = h("span", { class: "muted" });
  readonly #body = h("div", { class: "body" });
  readonly #said = h("div", { class: "body", role: "status" });
  #contract: Contract | null = null;
  #answers: readonly string[] = [];
  #subjects: readonly Subject[] = [];

  constructor(desk: GuildDesk) {
    this.#desk = desk;
    this.element.append(h("header", {}, this.#title, this.#theme), this.#body, this.#said);
  }

  async open(contract: Contract): Promise<void> {
    this.#contract = contract;
    this.element.hidden = false;
    say(this.#theme, themeOf(contract.theme)?.name ?? plainWords(contract.theme));
    say(this.#title, "What does this show?");
    fill(this.#said);
    await this.#next();
    this.#title.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.element.hidden = true;
    this.#contract = null;
    this.#subjects = [];
  }

  /** Shows the next subject, fetching more when there is none left here. */
  async #next(): Promise<void> {
    const contract = this.#contract;
    if (contract === null) return;
    try {
      if (this.#subjects.length === 0) {
        const { answers, subjects } = await this.#desk.subjects(contract.contractId);
        if (this.#contract !== contract) return;
        [this.#answers, this.#subjects] = [answers, subjects];
      }
    } catch (error) {
      fill(this.#body, h("p", { class: "notice" }, asApiError(error).message));
      return;
    }
    const [subject] = this.#subjects;
    if (subject === undefined) {
      say(this.#title, "All seen");
      fill(
        this.#body,
        h("p", {}, "You have seen all of this week’s subjects. There are new ones on Monday."),
      );
    } else this.#show(contract, subject);
  }

  #show(contract: Contract, subject: Subject): void {
    const words = themeOf(contract.theme);
    const choices = this.#answers.map((answer) => {
      const { name, shows } = words?.answers[answer] ?? { name: plainWords(answer), shows: "" };
      return h(
        "button",
        {
          class: "button answer",
          type: "button",
          id: `answer-${answer}`,
          click: () => void this.#answer(contract, subject, answer),
        },
        h("span", { class: "card-title" }, name),
        h("span", { class: "sub muted" }, shows),
      );
    });
    const measure = words?.measure ?? "Readings";
    fill(
      this.#body,
      h(
        "p",
        { class: "sub muted" },
        `${measure}, in a row. Subject ${subject.subjectId.split(".").at(-1) ?? ""}`,
      ),
      readingsChart(measure, subject.readings),
      h("div", { class: "answers", role: "group", "aria-label": "Your answer" }, ...choices),
    );
  }

  async #answer(contract: Contract, subject: Subject, answer: string): Promise<void> {
    for (const button of this.#body.querySelectorAll("button")) button.disabled = true;
    try {
      const judged = await this.#desk.classify(contract.contractId, subject.subjectId, answer);
      this.#subjects = this.#subjects.filter(({ subjectId }) => subjectId !== subject.subjectId);
      const name = themeOf(contract.theme)?.answers[answer]?.name ?? plainWords(answer);
      fill(this.#said, verdict(name, judged));
      await this.#next();
      this.#title.focus({ preventScroll: true });
    } catch (error) {
      fill(this.#said, h("p", { class: "notice" }, asApiError(error).message));
      for (const button of this.#body.querySelectorAll("button")) button.disabled = false;
    }
  }
}

/** What came of the last answer, above which the next subject is shown already. */
function verdict(name: string, { isRight, points, why }: Judged): HTMLElement {
  const known =
    isRight === null
      ? "nobody knows the truth of that one"
      : isRight
        ? "that is what it is known to show"
        : "it is known to show something else";
  const counted = points === null ? why : `${count(points, "point")} for the contract.`;
  const sign = isRight === null ? "eye" : isRight ? "check" : "close";
  const kind = isRight === null ? "open" : isRight ? "right" : "wrong";
  return h("p", { class: `verdict ${kind}` }, icon(sign), h("span", {}, `${name}: ${known}. ${counted}`));
}
