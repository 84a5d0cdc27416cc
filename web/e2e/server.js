// The real program, started on a free port with a database of its own.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "./wait.js";

const ROOT = join(import.meta.dirname, "../..");

/** How long a start may take on a busy machine, in milliseconds. */
const START_TIMEOUT = 30_000;

/** @returns {string} the program: TEST_BINARY, or what cargo built. */
export function binary() {
  if (process.env.TEST_BINARY) return process.env.TEST_BINARY;
  const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps", "--locked"], { cwd: ROOT });
  return join(JSON.parse(metadata.toString()).target_directory, "debug/parcours");
}

/** @returns {Promise<number>} a port that nobody uses at present. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** A running `parcours demo`. */
export class Server {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #process;
  #log = "";
  /** The program; another one after an upgrade. */
  program = binary();

  /**
   * @param {string} folder holds the database
   * @param {number} port
   * @param {string[]} flags more flags
   */
  constructor(folder, port, flags) {
    this.folder = folder;
    this.port = port;
    this.flags = flags;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts a demonstration with an empty database.
   * @param {string[]} flags more flags
   */
  static async start(...flags) {
    const folder = await mkdtemp(join(tmpdir(), "parcours-e2e-"));
    const server = new Server(folder, await freePort(), flags);
    await server.run();
    return server;
  }

  /** Starts it, again after `kill`: same port, same data. */
  async run() {
    const settings = ["--listen", `127.0.0.1:${this.port}`, "--base-url", this.url, "--database-url", `sqlite://${this.folder}/parcours.db`];
    const child = spawn(this.program, ["demo", "--empty", ...settings, ...this.flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (this.#log += data));
    const exited = once(child, "exit").then(() => {
      throw new Error(`parcours stopped at its start:\n${this.#log}`);
    });
    const started = new AbortController();
    await Promise.race([exited, this.#answers(started.signal)]).finally(() => started.abort());
    // After the start, an exit is no error.
    exited.catch(() => undefined);
  }

  /** @param {AbortSignal} signal */
  async #answers(signal) {
    /** @type {number | "no answer"} */
    let status = "no answer";
    const isReady = async () => {
      const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
      status = response?.status ?? "no answer";
      return signal.aborted || response?.ok;
    };
    await waitUntil(isReady, () => `parcours is not ready (${status}):\n${this.#log}`, START_TIMEOUT);
  }

  /**
   * Runs another command of the program on the same data, as an operator does.
   * @param {string[]} command
   */
  command(...command) {
    execFileSync(this.program, [...command, "--database-url", `sqlite://${this.folder}/parcours.db`], { stdio: "pipe" });
  }

  /**
   * Ends it: SIGTERM as an operator does, SIGKILL as a power cut does.
   * @param {"SIGTERM" | "SIGKILL"} signal
   */
  async kill(signal = "SIGTERM") {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Ends it and removes its data. */
  async stop() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What it printed so far. */
  get log() {
    return this.#log;
  }
}
