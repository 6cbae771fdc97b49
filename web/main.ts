import "./style/fonts.css";
import "uplot/dist/uPlot.min.css";
import { App } from "./app.ts";

const host = document.querySelector("#app");
if (host === null) throw new Error("The page has no #app.");
await new App(host).start();
