import type { Context } from "../app.ts";
import { asApiError } from "../net/api.ts";
import type { Session } from "../net/session.ts";
import { openDialog } from "./dialog.ts";
import { fill, h } from "./dom.ts";
import { icon } from "./icons.ts";

type Needs = Pick<Context, "session" | "go">;

/** Sign in as a guest or with a token; or, when flying already, where the ship is and how to let go of it. */
export function openPilotDialog(context: Needs): void {
  const { session } = context;
  const problem = h("p", { class: "problem", role: "alert" });
  openDialog((close) => {
    let busy = false;
    const fly = async (signIn: () => Promise<unknown>) => {
      // A second press would sign a second guest in.
      if (busy) return;
      busy = true;
      fill(problem);
      try {
        await signIn();
        const sectorId = await session.locate();
        session.fly();
        close();
        context.go(`/sector/${sectorId}`);
      } catch (error) {
        fill(problem, asApiError(error).message);
      } finally {
        busy = false;
      }
    };
    return [...(session.flying ? flying(context, close) : signIn(context, fly)), problem];
  });
}

function flying(context: Needs, end: () => void): HTMLElement[] {
  const { session, go } = context;
  const go_ = () => {
    end();
    if (session.shipSectorId !== null) go(`/sector/${session.shipSectorId}`);
  };
  const land = () => {
    session.land();
    end();
  };
  const forget = () => {
    session.forget();
    end();
  };
  return [
    h("h2", { id: "dialog-title" }, session.name),
    h(
      "p",
      { class: "muted" },
      `Your ship is in sector ${session.shipSectorId ?? "?"}. It stays there while you only watch.`,
    ),
    h(
      "div",
      { class: "dialog-actions" },
      h("button", { class: "button primary", type: "button", click: go_ }, "Go to my ship"),
      h("button", { class: "button", type: "button", click: land }, "Only watch"),
      h("button", { class: "button danger", type: "button", click: forget }, "Sign out"),
    ),
    h(
      "div",
      { class: "dialog-actions" },
      h("a", { class: "button", href: "/expeditions", click: end }, icon("expedition"), "Expeditions"),
      h("a", { class: "button", href: "/account", click: end }, icon("purse"), "Account"),
    ),
    h("p", { class: "muted" }, "Signing out forgets a guest for good: the token is all there is of them."),
  ];
}

function signIn({ session }: Needs, fly: (signIn: () => Promise<unknown>) => Promise<void>): HTMLElement[] {
  const name = h("input", {
    class: "field-input",
    id: "guest-name",
    maxlength: 50,
    autocomplete: "nickname",
    placeholder: "Ada",
  });
  const token = h("input", {
    class: "field-input",
    id: "token",
    autocomplete: "off",
    spellcheck: "false",
    type: "password",
  });
  const asGuest = h(
    "form",
    {
      class: "dialog-form",
      submit: (event) => {
        event.preventDefault();
        void fly(() => session.becomeGuest(name.value));
      },
    },
    h("label", { for: "guest-name" }, "Fly as a guest, under the name"),
    name,
    h("button", { class: "button primary", type: "submit" }, "Take off"),
  );
  const withToken = h(
    "form",
    {
      class: "dialog-form",
      submit: (event) => {
        event.preventDefault();
        void fly(() => session.use(token.value));
      },
    },
    h("label", { for: "token" }, "Or paste a token of the game’s own sign-in"),
    token,
    h("button", { class: "button", type: "submit" }, "Sign in"),
  );
  const again = goOn(session, fly);
  return [
    h("h2", { id: "dialog-title" }, "Fly in it"),
    ...(again.length === 0 ? [] : [h("div", { class: "dialog-actions" }, ...again)]),
    asGuest,
    withToken,
    ...(again.length === 0 ? [] : [h("p", { class: "muted" }, REPLACED)]),
  ];
}

const REPLACED =
  "Whoever signs in so takes the place of the ship you had: a guest’s is then lost to this browser for good.";

/** As who sits in this window, or as whom the browser keeps: a link can have brought somebody else into the window. */
function goOn(session: Session, fly: (signIn: () => Promise<unknown>) => Promise<void>): HTMLElement[] {
  const { token, other, name } = session;
  const button = (label: string, look: string, signIn: () => Promise<unknown>) =>
    h("button", { class: `button ${look}`, type: "button", click: () => void fly(signIn) }, label);
  const yours = "Go on with the ship you had";
  const stay = async () => {};
  if (other === null) return token === null ? [] : [button(yours, "primary", stay)];
  const back = button(yours, "primary", () => session.useOther());
  return token === null ? [back] : [back, button(`Go on as ${name || "the link says"}`, "", stay)];
}
