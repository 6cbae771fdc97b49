import pg from "pg";

/** As many as a server has for its lookups. */
const CONNECTIONS = 10;

/** The least that an answer can ask of a database: a row found by its key, and a row written. */
export class BareBooks {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async open(url: string): Promise<BareBooks> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
    await pool.query("create table bench_bare_answers (id uuid primary key, answer jsonb not null)");
    return new BareBooks(pool);
  }

  async lookUp(id: string): Promise<void> {
    const text = "select answer from bench_bare_answers where id = $1";
    await this.#pool.query({ name: "look_up", text, values: [id] });
  }

  /** @returns once it is durable */
  async keep(id: string): Promise<void> {
    const text = "insert into bench_bare_answers (id, answer) values ($1, $2)";
    await this.#pool.query({ name: "keep", text, values: [id, { startTick: 1_000, endTick: 1_030 }] });
  }
}
