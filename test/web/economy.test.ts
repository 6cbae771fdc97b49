import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { z } from "zod";
import { ensureContracts } from "../../src/persistence/contracts.ts";
import { SUBJECT_ANSWERS, subjectId, subjectOf } from "../../src/rules/subjects.ts";
import { isoWeek } from "../../src/rules/utc.ts";
import { useBrowser } from "../support/browser.ts";
import { useDatabase } from "../support/database.ts";
import { makeSector, makeStation, makeWarp, makeWorld } from "../support/fixtures.ts";
import { BROWSER_TEST_MS, breaches, LOOKED_AT, press, sees, WAIT_MS } from "../support/page.ts";
import { PilotClient } from "../support/pilot-client.ts";
import { freePort } from "../support/redis.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

const [START, FIELD] = [1, 2];
const GAME = "godot_mining";
const THEME = "planet-hunting";

const answerSchema = z.looseObject({
  token: z.string().default(""),
  objectives: z.array(z.object({ objective: z.string(), nonce: z.string() })).default([]),
});

describe("the economy on the page", () => {
  // In this order, so that each is gone before what it is connected to.
  const browser = useBrowser();
  const servers = useServers();
  const test = useDatabase();
  let server: ServerProcess;
  let port = 0;
  /** Of the pilot that the tests are about, one after the other. */
  let token = "";

  before("make a small world with a server", async function () {
    this.timeout(60_000);
    const world = await makeWorld(test.pool);
    await makeSector(test.pool, world, START, { type: "STANDARD" });
    await makeSector(test.pool, world, FIELD, { tier: 4 });
    await test.pool.query("update sectors set x = 40 * sector_id, y = 25 * (sector_id % 2)");
    await makeWarp(test.pool, START, FIELD);
    await makeStation(test.pool, world, START);
    await ensureContracts(test.pool, Date.now());
    port = await freePort();
    server = await start("live");
    ({ token } = await post("/auth/guest", { name: "Vera" }, ""));
    // Only the first join makes a pilot.
    await (await PilotClient.join(port, token, { sectorId: START, protocol: 1 })).leave();
  });

  const start = (phase: string) =>
    servers.start(test.url, { PORT: `${port}`, GUESTS: "on", ECOSYSTEM_PHASE: phase });

  const at = (path: string) => `http://localhost:${port}${path}`;

  /** What some other program of this pilot, or another, asks the server. */
  async function post(path: string, body: unknown, as = token, surface = GAME) {
    const answer = await fetch(at(path), {
      method: "POST",
      headers: { "x-app-surface": surface, ...(as !== "" && { authorization: `Bearer ${as}` }) },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return answerSchema.parse(JSON.parse(text));
  }

  const onlyRow = async <Row extends z.ZodType>(query: string, row: Row, values: unknown[] = []) =>
    row.parse((await test.pool.query(query, values)).rows[0]);

  /** Plays a run as a game would that was handed its token: a minute, and more ore than can be dug in that. */
  async function play(runToken: string, meanwhile = async () => {}): Promise<void> {
    const { id, seed } = await onlyRow(
      "select id, seed::int8::text as seed from expedition_runs where status = 'created'",
      z.object({ id: z.string(), seed: z.coerce.number() }),
    );
    const { objectives } = await post(`/runs/${id}/start`, { token: runToken, surface: GAME });
    await meanwhile();
    await test.pool.query(
      "update expedition_runs set issued_at = issued_at - interval '1 min', started_at = started_at - interval '1 min' where id = $1",
      [id],
    );
    const reached = objectives.map((each, index) => ({ ...each, atSec: index + 1 }));
    await post(`/runs/${id}/complete`, {
      ...{ token: runToken, surface: GAME },
      metrics: {
        ...{ sectorId: FIELD, seed, durationSec: 60, objectiveScore: 1000, oreUnits: 60 },
        objectives: reached,
      },
    });
  }

  /** Creates a run through the form. @returns the token that the game is to be given */
  async function setOut(page: Page): Promise<string> {
    await page.getByRole("button", { name: "Set out: Belt survey" }).click();
    await sees(page, "It waits for the game to begin it.");
    return page.getByRole("textbox", { name: "The run’s token" }).inputValue();
  }

  it("sets out on an expedition from the field that is looked at, and has its token for the game, also later", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/sector/${FIELD}#token=${token}`), LOOKED_AT);
    await page.getByRole("link", { name: "Expeditions to here" }).click();
    assert.equal(await page.getByLabel("Asteroid field").inputValue(), `${FIELD}`);
    await page.getByRole("radio", { name: /^Heavy drill/ }).check();
    await sees(page, "To be researched first, for 2 stardust.");
    await page.getByRole("radio", { name: /^Standard drill/ }).check();
    const runToken = await setOut(page);
    await sees(page, "You are on that mission already");
    assert.deepEqual(await breaches(page), []);
    await page.reload();
    assert.equal(await page.getByRole("textbox", { name: "The run’s token" }).inputValue(), runToken);
    await page.getByRole("button", { name: "Give it up" }).dblclick();
    const isGivenUp = () => page.getByText("It was given up.").isVisible();
    await press(page, "Give it up for good", "it is given up", isGivenUp);
    const session = await onlyRow(
      "select app_surface, app_version from sessions where app_version is not null",
      z.object({ app_surface: z.string(), app_version: z.string() }),
    );
    assert.deepEqual(session, { app_surface: "web", app_version: "0.1.0" });
  });

  it("follows a run while a game plays it, and shows what it brought and what was cut", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/expeditions?sector=${FIELD}#token=${token}`), LOOKED_AT);
    await play(await setOut(page), () => sees(page, "It is being played."));
    await sees(page, "It was played to its end.");
    await sees(page, /^Belt survey: the crew brought home 7 units of \w+ ore/);
    await sees(page, "of 60: no more than that can be dug in the time");
    assert.deepEqual(await breaches(page), []);
    await page.getByRole("button", { name: "Research: Heavy drill" }).click();
    await sees(page, "yours, for every expedition");
  });

  it("puts an expedition's ore aboard at a station", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/sector/${START}#token=${token}`));
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByRole("button", { name: "Go on with the ship you had" }).click();
    await page.getByRole("button", { name: "Dock", exact: true }).click();
    await page.getByRole("button", { name: "Load 7 ore of your expeditions" }).waitFor({ timeout: WAIT_MS });
    // Another run ends while the ship is docked.
    const wish = { missionId: "belt_survey", surface: GAME, sectorId: FIELD, entryPoint: "test" };
    await play((await post("/runs", wish)).token);
    await page.getByRole("button", { name: "Load 14 ore of your expeditions" }).click();
    await sees(page, "14 ore of your expeditions is aboard.");
    await sees(page, /^Ore 14$/);
  });

  it("says who may set out, and why the server refuses", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/expeditions"));
    await sees(page, "Take off with “Fly” first: expeditions are a pilot’s.");
    const { token: stranger } = await post("/auth/guest", { name: "Stranger" }, "");
    await page.goto(at(`/account#token=${stranger}`));
    await page.getByRole("link", { name: "Expeditions" }).click();
    await page.getByRole("button", { name: "Set out: Belt survey" }).click();
    await sees(page, "You have no pilot yet. Take off with “Fly” first, then come back.");
  });

  it("joins a contract and contributes: the meter moves, also by what others bring meanwhile", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/guild#token=${token}`), LOOKED_AT);
    const card = page.getByRole("region", { name: "Planet hunting" });
    const total = card.locator(".contract-total");
    const reads = (points: RegExp) =>
      until(`the meter reads ${points}`, async () => points.test((await total.textContent()) ?? ""));
    await page.getByRole("button", { name: "Join Planet hunting" }).click();
    await reads(/^0 points of 1 member$/);
    const limit = { code: "contribution_limit", error: "As many as count in a day.", detail: {} };
    const bring = page.getByRole("button", { name: "Bring 2 deeds to Planet hunting" });
    await page.route("**/contributions", (asked) => asked.fulfill({ status: 429, json: limit }), {
      times: 1,
    });
    await bring.click();
    await sees(page, "As many as count in a day.");
    // Today, and here: another contract could still have it.
    await bring.click();
    await sees(page, "2 deeds brought: 10 points more.");
    await reads(/^10 points/);

    await page.getByRole("button", { name: "Classify for Planet hunting" }).click();
    const week = isoWeek(Date.now());
    const first = subjectOf(THEME, week, subjectId(THEME, week, 0));
    const [transit, none] = SUBJECT_ANSWERS[THEME];
    await sees(page, "Subject 0");
    assert.deepEqual(await breaches(page), []);
    await page.getByRole("button", { name: first?.truth === none ? /^No transit/ : /^Transit/ }).click();
    await sees(page, "Subject 1");
    const mine = first?.truth === null ? 11 : 12;
    await reads(new RegExp(`^${mine} points`));
    await sees(page, `You: ${mine} points in 3 contributions.`);

    const { token: friend } = await post("/auth/guest", { name: "Friend" }, "");
    const { id } = await onlyRow(
      "select id from guild_contracts where theme = $1 and iso_week = $2",
      z.object({ id: z.string() }),
      [THEME, week],
    );
    await post(`/contracts/${id}/join`, {}, friend);
    const opinion = { subjectId: subjectId(THEME, week, 0), answer: first?.truth ?? transit };
    const { classificationId } = await post(`/contracts/${id}/classifications`, opinion, friend);
    await post(
      `/contracts/${id}/contributions`,
      { sourceType: "classification", sourceId: classificationId },
      friend,
    );
    await reads(new RegExp(`^${mine + mine - 10} points of 2 members$`));

    await page.getByRole("cell", { name: "Vera" }).waitFor({ timeout: WAIT_MS });
    await page.getByLabel("Brought through").selectOption("bot");
    await sees(page, "Nobody has through this one.");
  });

  it("shows what the pilot owns, and pays a day's claim once", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/account#token=${token}`), LOOKED_AT);
    await page.getByRole("button", { name: "Claim the day’s survey bonus" }).click();
    await sees(page, "Claimed today");
    await sees(page, "for a claim of the day");
    const code = await page.getByRole("textbox", { name: /^Your code/ }).inputValue();
    await page.getByLabel(/^Who brought you along/).fill(code);
    await page.getByRole("button", { name: "Say so" }).click();
    await sees(page, "That is your own referral code. Give it to somebody else.");
    await page.getByRole("button", { name: "Guild contracts" }).click();
    await sees(page, "Thank you: Guild contracts.");
    assert.deepEqual(await breaches(page), []);
  });

  it("hides what is not open yet in the rollout's phase", async function () {
    this.timeout(BROWSER_TEST_MS);
    await server.kill();
    server = await start("pilot");
    // The guests of the one before are none of this one's.
    const { token: own } = await post("/auth/guest", { name: "Early" }, "");
    const page = await browser.open(at(`/account#token=${own}`));
    await sees(page, "Reward ledger");
    assert.equal(await page.getByText("This week’s question").count(), 0);
    assert.equal(await page.getByRole("link", { name: "Guild" }).count(), 0);
    await page.goto(at("/guild"));
    await sees(page, "That part of the game is not open here yet");
    assert.equal(await page.getByText("Leaderboard").filter({ visible: true }).count(), 0);
  });
});
