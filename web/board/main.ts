// Starts the live board on the page rendered by the server: reads the element's data, claims a client id, mounts.
import { mount } from "svelte";
import type { BoardKind } from "./model/protocol.ts";
import App from "./view/App.svelte";
import { browserPorts, claimClient, newId } from "./view/browser.ts";
import { prefetchViews } from "./view/lazy.ts";
import { Session } from "./view/session.svelte.ts";
import "./view/board.css";
import "./view/parts.css";
import "./view/forced.css";

async function start(target: HTMLElement): Promise<void> {
  const { board = "", kind = "cards", person = "", name = "", path = "", version = "", subprotocol = "", journal } = target.dataset;
  const isReplay = journal !== undefined;
  const client = isReplay ? newId() : await claimClient(board, person);
  const me = { board, kind: kind as BoardKind, person, client, name, path, version };
  const session = new Session(me, browserPorts(`${path}/socket`, subprotocol));
  void learnNames(session, `${path}/auteurs.json`);
  if (isReplay) {
    const { default: Replay } = await import("./view/Replay.svelte");
    target.replaceChildren();
    mount(Replay, { target, props: { session, journal } });
    return;
  }
  target.replaceChildren();
  mount(App, { target, props: { session } });
  session.client.connection.start();
  prefetchViews();
  window.addEventListener("online", () => session.client.connection.retryNow());
  // Without this, a lost network is noticed only when an edit stays unanswered.
  window.addEventListener("offline", () => session.client.connection.reconnect());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) session.client.connection.retryNow();
  });
}

/** Loads the names of earlier authors; without them, absent people are shown as "somebody". */
async function learnNames(session: Session, address: string): Promise<void> {
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok === true) session.learnNames(await answer.json());
}

const target = document.getElementById("board");
if (target !== null) void start(target);
