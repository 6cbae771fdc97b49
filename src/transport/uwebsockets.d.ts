/** The binding has no types where it is installed (vendor/uwebsockets.js); those of the package it comes from fit. */
declare module "uWebSockets.js" {
  import * as binding from "uws-pack";

  export default binding;
}
