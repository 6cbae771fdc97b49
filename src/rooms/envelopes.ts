import { z } from "zod";

/** What goes with every answer to a request, beside what the request's own answer carries. */
export const acceptedEnvelope = z.looseObject({
  requestId: z.string().describe("That of the request."),
  repeated: z
    .literal(true)
    .optional()
    .describe("There when the request had been accepted before: this is the first answer again."),
});

/** What a refused request is answered with. */
export const refusedEnvelope = z.strictObject({
  requestId: z
    .string()
    .describe("That of the request, its first 64 characters; empty when it carried no text of that name."),
  code: z.string().describe("One of the codes; see errors.md."),
  message: z.string().describe("The code's meaning, for people."),
  detail: z.record(z.string(), z.unknown()).describe("What it was about; depends on the code."),
});

/** What a client says it has seen of its feed. */
export const ackBody = z.object({
  eventId: z.int().nonnegative().describe("The newest event you have: all before it are seen too."),
});
