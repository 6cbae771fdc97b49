/** Why this server closes a client. 4000–4099 are Colyseus' own. */
export const CLOSE = {
  /** The same pilot joined again from elsewhere; that client has the ship now. */
  superseded: 4101,
  /** An operator ended the session: the message before it says why. */
  kicked: 4102,
  /** This room no longer holds the sector, or not this pilot's ship: ask GET /me and join again. */
  joinAgain: 4110,
} as const;
