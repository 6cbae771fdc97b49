import * as uws from "uws-pack";

export default uws;
