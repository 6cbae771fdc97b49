import { z } from "zod";

/** What a test asks the server's process to be. */
export const optionsSchema = z.object({
  port: z.int().default(0),
  transport: z.enum(["auto", "ws", "uws"]),
  trustProxy: z.boolean().default(false),
  connectionsMax: z.int().default(16_000),
  socketsPerAddressMax: z.int().default(200),
  limits: z
    .object({
      httpBodySecondsMax: z.number().exactOptional(),
      headersSecondsMax: z.number().exactOptional(),
      silenceSecondsMax: z.number().exactOptional(),
    })
    .default({}),
});
export type Options = z.output<typeof optionsSchema>;

/** What it tells of itself. */
export const reportSchema = z.object({
  /** In its heap and in buffers, right after a garbage collection. */
  heldBytes: z.number(),
  clients: z.number(),
  logged: z.array(z.string()),
});
export type Report = z.output<typeof reportSchema>;
