/** What stands in the addresses of several routes. */
import { z } from "zod";

/** A sector's number: as it is written, and no larger than the database's. */
export const sectorId = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "a whole number from 1 to 999999999")
  .transform(Number);

/** Where the next page of a list begins, newest first: what the page before it said. */
export const before = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional();
