import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readGalaxyFile } from "../../src/persistence/galaxy-export.ts";
import { formatGalaxyFile } from "../../src/persistence/galaxy-file.ts";
import { GalaxyFileError, parseGalaxyFile } from "../../src/persistence/galaxy-import.ts";
import { insertGalaxy, insertRegion } from "../../src/persistence/world.ts";
import { WorldError } from "../../src/persistence/world-error.ts";
import { defaultGalaxy } from "../../src/rules/galaxy/defaults.ts";
import { generateGalaxy } from "../../src/rules/galaxy/generate.ts";
import { useDatabase } from "../support/database.ts";

const now = new Date("2102-01-01T00:00:00Z");

describe("galaxy file", () => {
  const galaxy = parseGalaxyFile(exampleText());

  it("reads the example of docs/world.md", () => {
    assert.equal(galaxy.galaxy.name, "Harbour Lights");
    assert.equal(galaxy.galaxy.seed, null);
    assert.deepEqual(
      galaxy.regions.map(({ id }) => id),
      [galaxy.galaxy.startRegionId],
    );
    assert.deepEqual(
      galaxy.sectors.map((sector) => [
        sector.sectorId,
        sector.sectorNumber,
        sector.type,
        sector.securityLevel,
      ]),
      [
        [1, 1, "STANDARD", 9],
        [2, 2, "ASTEROID_FIELD", 9],
        [3, 3, "ASTEROID_FIELD", 9],
        [4, 4, "STANDARD", 2],
        [5, 5, "ASTEROID_FIELD", 2],
      ],
    );
    assert.equal(galaxy.sectors[2]?.controllingFaction, "astral_mining_consortium");
    assert.deepEqual(
      galaxy.warps.map((warp) => [warp.turnCost, warp.isBidirectional]),
      [
        [1, true],
        [3, true],
        [1, true],
        [1, true],
        [3, false],
      ],
    );
  });

  it("derives richness from regeneration, unless a tier is given", () => {
    assert.deepEqual(
      galaxy.asteroidFields.map((field) => [field.sectorId, field.richnessTier, field.poolSize]),
      [
        [2, 3, 300],
        [3, 4, 400],
        [5, 2, 200],
      ],
    );
    assert.deepEqual(galaxy.sectors[4]?.resources, {
      asteroid_richness: {
        richness: "lean",
        richness_tier: 2,
        yield_band: [4, 8],
        harvest_cooldown_hours: null,
      },
      has_deep_asteroids: false,
    });
    const poor = parseGalaxyFile(exampleWith('"regeneration": 0.5', '"regeneration": 0.1'));
    assert.deepEqual([poor.asteroidFields[0]?.richnessTier, poor.asteroidFields[0]?.cooldownHours], [1, 24]);
    // Rounded like the column: 0.89999 is stored as 0.9, so its richness is that of 0.9.
    const border = parseGalaxyFile(exampleWith('"regeneration": 0.5', '"regeneration": 0.89999'));
    assert.deepEqual(
      [border.sectors[1]?.resourceRegeneration, border.asteroidFields[0]?.richnessTier],
      [0.9, 5],
    );
  });

  it("stocks stations by class and guards them by zone", () => {
    assert.deepEqual(
      galaxy.stations.map((station) => [station.security, Object.keys(station.commodities)]),
      [
        ["premium", ["colonists", "special_goods"]],
        ["none", ["ore", "organics", "equipment"]],
      ],
    );
  });

  const mistakes: [name: string, change: [from: string, to: string], problems: (string | RegExp)[]][] = [
    ["no JSON", ['"version": 1', '"version": 1 1'], [/^the file: it is not JSON: .*line 3/]],
    ["another format", ['"version": 1', '"version": 2'], [/^version: /]],
    [
      "an unknown type",
      ['"type": "RESOURCE_RICH"', '"type": "RICH"'],
      [/^regions\[0\]\.clusters\[1\]\.type: .*RESOURCE_RICH/],
    ],
    ["an unknown field", ['"deep": true', '"depth": true'], [/^regions\[0\]\.sectors\[2\]: .*depth/]],
    [
      "a figure out of range",
      ['"regeneration": 0.75', '"regeneration": 75'],
      [/^regions\[0\]\.sectors\[2\]\.regeneration: /],
    ],
    [
      "an unknown faction",
      ['"faction": "terran_federation"', '"faction": "terrans"'],
      [/^regions\[0\]\.stations\[0\]\.faction: /],
    ],
    [
      "a name that Postgres could not keep",
      ['"name": "Landfall"', '"name": "Land\\u0000fall"'],
      ["regions[0].sectors[0].name: a name has no control characters and no halves of characters"],
    ],
    [
      "half a character",
      ['"name": "Landfall"', '"name": "Land\\ud800fall"'],
      ["regions[0].sectors[0].name: a name has no control characters and no halves of characters"],
    ],
    ["an id that no route takes", ['"id": 1,', '"id": 1000000000,'], [/^regions\[0\]\.sectors\[0\]\.id: /]],
    [
      "a ship to begin with that only patrols fly",
      ["CARGO_HAULER", "NPC_MARSHAL_INTERDICTOR"],
      [/^regions\[0\]\.starting_ship: /],
    ],
    [
      "an unknown start region",
      ['"start_region": "Harbour"', '"start_region": "Haven"'],
      ['start_region: there is no region "Haven"; there is "Harbour"'],
    ],
    [
      "a start region without a station",
      [/"stations": \[[^\]]*\]/.exec(exampleText())?.[0] ?? "", '"stations": []'],
      ["regions[0].stations: the start region needs a station, where pilots in pods get a new hull"],
    ],
    [
      "an unknown cluster",
      ['"Assay Point", "cluster": "Rubble Belt"', '"Assay Point", "cluster": "Belt"'],
      ['regions[0].sectors[3].cluster: there is no cluster "Belt" in the region\'s clusters'],
    ],
    [
      "a cluster twice",
      ['"name": "Rubble Belt", "type"', '"name": "Quay", "type"'],
      [
        "regions[0].clusters[1].name: another cluster of the region has this name",
        /sectors\[2\]\.cluster/,
        /3\]/,
        /4\]/,
      ],
    ],
    [
      "an id twice",
      ['"id": 4', '"id": 3'],
      [
        "regions[0].stations[1].sector: the region has no sector with the id 4",
        "regions[0].sectors[3].id: another sector of the galaxy has the id 3",
        "warps[2].to: there is no sector with the id 4",
        "warps[3].from: there is no sector with the id 4",
      ],
    ],
    [
      "an unknown capital",
      ['"capital": 1', '"capital": 9'],
      ["regions[0].capital: the region has no sector with the id 9"],
    ],
    [
      "zones with a gap",
      ['"from": 4', '"from": 5'],
      ["regions[0].zones[1].from: has to be 4: zones follow each other without a gap or an overlap"],
    ],
    [
      "zones that end early",
      ['"from": 4, "to": 5', '"from": 4, "to": 4'],
      ["regions[0].zones[1].to: the region has 5 sectors, so its last zone has to end there; it ends at 4"],
    ],
    [
      "a zone that is another",
      ['"name": "Assay Point",', '"name": "Assay Point", "zone": "BORDER",'],
      ["regions[0].sectors[3].zone: says BORDER, but number 4 of the region lies in FRONTIER (4–5)"],
    ],
    [
      "deep asteroids without a field",
      ['"name": "Landfall",', '"name": "Landfall", "deep": true,'],
      ["regions[0].sectors[0].deep: only an ASTEROID_FIELD has it; this is STANDARD"],
    ],
    [
      "equipment that there is not",
      ['["mining_laser"]', '["mining_lazer"]'],
      ['regions[0].starting_equipment[0]: has to be one of "mining_laser", "ecm_suite", "tractor_beam"'],
    ],
    [
      "equipment twice",
      ['["mining_laser"]', '["mining_laser", "mining_laser"]'],
      ["regions[0].starting_equipment[1]: a slot holds one of it, and it is in the list already"],
    ],
    [
      "a blank name",
      ['"name": "Quay"', '"name": " \\t"'],
      [/^regions\[0\]\.clusters\[0\]\.name: a name has at least one character that is no blank$/, /name/],
    ],
    [
      "an empty name",
      ['"name": "Landfall"', '"name": ""'],
      ["regions[0].sectors[0].name: a name has at least one character that is no blank"],
    ],
    [
      "a laser that does not fit",
      ["CARGO_HAULER", "SCOUT_SHIP"],
      ["regions[0].starting_equipment: a SCOUT_SHIP cannot carry a mining_laser"],
    ],
    [
      "a warp twice",
      ['{ "from": 3, "to": 4 }', '{ "from": 2, "to": 1 }'],
      ["warps[2]: there is a warp between these two already; one that is not one_way goes both ways"],
    ],
  ];
  for (const [name, [from, to], problems] of mistakes) {
    it(`refuses ${name}`, () => assertProblems(exampleWith(from, to), problems));
  }

  it("refuses warps to nowhere and to themselves", () => {
    const text = exampleWith(
      '{ "from": 3, "to": 4 },',
      '{ "from": 3, "to": 4 }, { "from": 3, "to": 55 }, { "from": 5, "to": 5 },',
    );
    assertProblems(text, [
      "warps[3].to: there is no sector with the id 55",
      "warps[4].to: a warp leads to another sector",
    ]);
  });

  it("refuses sectors that pilots cannot reach, or cannot come back from", () => {
    assertProblems(exampleWith('{ "from": 1, "to": 3, "turns": 3 },', ""), [
      "regions[0].sectors[2]: no open warps lead to sector 3 from the start region's capital, 1",
      "regions[0].sectors[3]: no open warps lead to sector 4 from the start region's capital, 1",
      "regions[0].sectors[4]: no open warps lead to sector 5 from the start region's capital, 1",
    ]);
    assertProblems(exampleWith('{ "from": 1, "to": 2 }', '{ "from": 1, "to": 2, "one_way": true }'), [
      "regions[0].sectors[1]: no open warps lead from sector 2 back to the start region's capital, 1",
    ]);
  });

  it("is read with a byte order mark in front of it", () => {
    assert.deepEqual(parseGalaxyFile(`\uFEFF${exampleText()}`), parseGalaxyFile(exampleText()));
  });

  it("says where it stops being JSON", () => {
    const line = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
    const where = line(exampleText(), '"capital": 1,');
    for (const [to, column] of [
      ['"capital": one,', 18],
      ['"capital": ,', 18],
      ['"capital": 1,,', 20],
      ["'capital': 1,", 7],
      ['"capital": "\\u00e9" "x",', 27],
    ] as const) {
      assertProblems(exampleWith('"capital": 1,', to), [
        new RegExp(`^the file.*\\bline ${where},? column ${column}\\b`),
      ]);
    }
  });

  it("says of a field what it has to be", () => {
    const text = exampleWith('"version": 1', '"version": "1"')
      .replace('"capital": 1,', "")
      .replace('"starting_credits": 10000', '"starting_credits": 99.5')
      .replace('"position": [0, 0, 0]', '"position": [0, 0]')
      .replace('"id": 4', '"id": 4, "depth": 1')
      .replace('"class": 0', '"class": 12');
    assertProblems(text, [
      "version: has to be 1",
      "regions[0].capital: is missing; it has to be a number",
      "regions[0].starting_credits: has to be a whole number",
      "regions[0].sectors[0].position: has to be of length 3 or more",
      'regions[0].sectors[3]: there is no such field here: "depth"',
      "regions[0].stations[0].class: has to be 11 or less",
    ]);
  });

  it("tells of everything that is wrong at once", () => {
    const text = exampleWith('"deep": true', '"deep": "yes"')
      .replace('"class": 0', '"class": 12')
      .replace('"id": 5', '"id": 0');
    assertProblems(text, [/sectors\[2\]\.deep/, /sectors\[4\]\.id/, /stations\[0\]\.class/]);
  });
});

describe("galaxy file, in the database", () => {
  const first = useDatabase();
  const second = useDatabase();

  it("is refused as a whole: nothing is written", async () => {
    assert.throws(() => parseGalaxyFile(exampleWith('"capital": 1', '"capital": 9')), GalaxyFileError);
    assert.equal(await readGalaxyFile(first.database), null);
  });

  it("brings a galaxy from one database to another", async () => {
    await insertGalaxy(first.database, generateGalaxy(defaultGalaxy(1)), { now });
    const exported = await readGalaxyFile(first.database);
    assert.ok(exported);
    const text = formatGalaxyFile(exported);
    await insertGalaxy(second.database, parseGalaxyFile(text), { now });
    assert.deepEqual(await readGalaxyFile(second.database), exported);
    assert.equal(text.split("\n").filter((line) => /^ {8}\{"id":\d+/.test(line)).length, 100);
  });
});

describe("a galaxy that uses the highest sector ids", () => {
  const db = useDatabase();

  it("gets no region whose sectors nobody could ask for", async () => {
    const text = exampleWith('{ "from": 4, "to": 5 }', '{ "from": 4, "to": 999999999 }')
      .replace('"id": 5', '"id": 999999999')
      .replace('"from": 5', '"from": 999999999');
    await insertGalaxy(db.database, parseGalaxyFile(text), { now });
    const region = { name: "Vega Reach", type: "player_owned", sectors: 100 } as const;
    await assert.rejects(insertRegion(db.database, { region, seed: 1 }), (error) => {
      assert.ok(error instanceof WorldError);
      return /ids after the galaxy's last, 999999999, and 999999999 is the highest/.test(error.message);
    });
  });
});

describe("the example of docs/world.md", () => {
  const db = useDatabase();

  it("can be imported and exported again", async () => {
    await insertGalaxy(db.database, parseGalaxyFile(exampleText()), { now });
    const exported = await readGalaxyFile(db.database);
    assert.ok(exported);
    assert.equal(exported.regions[0]?.sectors[4]?.richness_tier, 2);
    assert.equal(exported.regions[0]?.sectors[1]?.richness_tier, undefined);
    assert.deepEqual(parseGalaxyFile(formatGalaxyFile(exported)), parseGalaxyFile(exampleText()));
  });
});

function exampleText(): string {
  const docs = readFileSync(new URL("../../docs/world.md", import.meta.url), "utf8");
  const example = /```json\n(.*?)```/s.exec(docs)?.[1];
  assert.ok(example, "docs/world.md has an example");
  return example;
}

function exampleWith(from: string, to: string): string {
  const text = exampleText();
  assert.ok(text.includes(from), `the example has ${from}`);
  return text.replace(from, to);
}

function assertProblems(text: string, wanted: readonly (string | RegExp)[]): void {
  assert.throws(
    () => parseGalaxyFile(text),
    (error) => {
      assert.ok(error instanceof GalaxyFileError);
      const lines = error.problems.map(({ path, message }) => `${path}: ${message}`);
      assert.equal(lines.length, wanted.length, lines.join("\n"));
      wanted.forEach((problem, index) => {
        const line = lines[index] ?? "";
        if (typeof problem === "string") assert.equal(line, problem);
        else assert.match(line, problem);
      });
      return true;
    },
  );
}
