import "./style/fonts.css";
import "uplot/dist/uPlot.min.css";
import { App } from "./app.ts";
import { watchPresses } from "./ui/press.ts";

const host = document.querySelector("#app");
if (host === null) throw new Error("The page has no #app.");
// A button that is held down with Enter is pressed once.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target instanceof HTMLButtonElement)
    event.preventDefault();
});
watchPresses();
await new App(host).start();
