import { h } from "./dom.ts";

/** A dialog that is gone when it closes. @returns what closes it */
export function openDialog(build: (close: () => void) => readonly HTMLElement[]): () => void {
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });
  const close = () => dialog.close();
  dialog.addEventListener("close", () => dialog.remove());
  const foot = h("button", { class: "button quiet", type: "button", click: close }, "Close");
  dialog.append(...build(close), h("div", { class: "dialog-foot" }, foot));
  document.body.append(dialog);
  dialog.showModal();
  return close;
}
