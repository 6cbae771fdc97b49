import type { Context } from "../app.ts";
import { Confirmation } from "../model/presses.ts";
import { asApiError } from "../net/api.ts";
import type { Session } from "../net/session.ts";
import { openDialog } from "./dialog.ts";
import { fill, h, say } from "./dom.ts";
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
  const warning = h("p", { class: "notice", role: "alert" });
  const sure = new Confirmation();
  /** A guest's ship is given up only by who presses twice. */
  const forget = () => {
    if (session.isGuest && !sure.press("Sign out")) {
      say(out, "Sign out for good");
      say(warning, LOST);
      return;
    }
    session.forget();
    end();
  };
  const out = h("button", { class: "button danger", type: "button", click: forget }, "Sign out");
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
      out,
    ),
    warning,
    h(
      "div",
      { class: "dialog-actions" },
      h("a", { class: "button", href: "/expeditions", click: end }, icon("expedition"), "Expeditions"),
      h("a", { class: "button", href: "/account", click: end }, icon("purse"), "Account"),
    ),
    ...(session.isGuest ? [h("p", { class: "muted" }, FORGOTTEN)] : []),
  ];
}

const FORGOTTEN = "Signing out forgets a guest for good: the token is all there is of them.";
const LOST =
  "Your ship is then lost for good, with its cargo and credits, unless you have kept its sign-in (under Account). Press once more to sign out all the same.";

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
  const again = goOn(session, fly);
  const warning = h("p", { class: "notice", role: "alert" });
  const sure = new Confirmation();
  const takeOff = h("button", { class: "button primary", type: "submit" }, "Take off");
  const enter = h("button", { class: "button", type: "submit" }, "Sign in");
  const labels = [
    [takeOff, "Take off"],
    [enter, "Sign in"],
  ] as const;
  /** Somebody else's place is taken only by who presses twice. */
  const submit = (label: string, signIn: () => Promise<unknown>) => (event: Event) => {
    event.preventDefault();
    const isSure = again.length === 0 || sure.press(label);
    for (const [button, text] of labels) say(button, sure.about === text ? `${text} all the same` : text);
    const lead = label.toLowerCase();
    say(warning, isSure ? "" : `${REPLACED} Press once more to ${lead} all the same.`);
    if (isSure) void fly(signIn);
  };
  const asGuest = h(
    "form",
    { class: "dialog-form", submit: submit("Take off", () => session.becomeGuest(name.value)) },
    h("label", { for: "guest-name" }, "Fly as a guest, under the name"),
    name,
    takeOff,
  );
  const withToken = h(
    "form",
    { class: "dialog-form", submit: submit("Sign in", () => session.use(token.value)) },
    h("label", { for: "token" }, "Or paste a token of the game’s own sign-in"),
    token,
    enter,
  );
  return [
    h("h2", { id: "dialog-title" }, "Fly in it"),
    ...(again.length === 0 ? [] : [h("div", { class: "dialog-actions" }, ...again)]),
    asGuest,
    withToken,
    warning,
  ];
}

const REPLACED = "That takes the place of the ship you had: a guest’s is then lost to this browser for good.";

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
