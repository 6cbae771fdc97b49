import { Refusal } from "../errors.ts";
import { uuidOf } from "../uuid.ts";
import { balanceKey, cargoFree, withCargo } from "./books.ts";
import { type Dealer, dealWork } from "./deals.ts";
import { idOf } from "./movement.ts";
import type { Work } from "./work.ts";

/**
 * Puts ore that expeditions earned aboard the docked ship: from there on it is cargo like any other. All of it or none.
 * Ecosystem seed, "Web post-run: inventory update"; domain §16.4.
 */
export function deliverOreWork(dealer: Dealer, userId: string, quantity: number, turnsPerDay: number): Work {
  const needs = { kind: "deliver_ore", balance: { userId, rewardType: "ore_units" } } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { ship }, nowMs) => {
    const key = balanceKey(userId, "ore_units");
    const balance = books.balances.get(key);
    if (balance === undefined || balance.amount < quantity) {
      const detail = { rewardType: "ore_units", needed: quantity, held: balance?.amount ?? 0 };
      throw new Refusal("insufficient_balance", detail);
    }
    if (cargoFree(ship) < quantity) throw new Refusal("hold_too_small", { free: cargoFree(ship) });
    const amount = balance.amount - quantity;
    const reference = idOf("deal", dealer, nowMs);
    books.balances.put(key, { ...balance, amount });
    books.spendings.add({
      id: uuidOf("spending", userId, "deliver_ore", reference),
      ...{
        userId,
        rewardType: "ore_units",
        amount: quantity,
        purpose: "deliver_ore",
        reference,
        atMs: nowMs,
      },
    });
    books.ships.put(ship.id, { ...ship, cargo: withCargo(ship.cargo, "ore", quantity) });
    return { row: { credits: 0, deliveredOre: quantity }, answer: { quantity, oreUnitsLeft: amount } };
  });
}
