// Helpers for the tests of live boards: a server and a browser per file, people with seats, opening a board.
import { before } from "node:test";
import { done, press, signIn, takeSeat } from "./actions.js";
import { isReadable } from "./browser.js";
import { Site } from "./site.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./browser.js").Visit} Visit */
/** @typedef {import("./actions.js").Who} Who */

export const ADA = { name: "Ada Martin", email: "ada@ville.example.fr" };
export const BOB = { name: "Bob Durand", email: "bob@region.example.fr", organisation: "Région Bretagne" };

export const INDICATORS = { slug: "atelier-2-indicateurs" };
export const CARDS = { slug: "atelier-1-role-de-l-acheteur" };
export const QUESTIONS = { slug: "atelier-4-foire-aux-questions" };
export const STAKEHOLDERS = { slug: "atelier-3-transition-du-territoire" };

/** Console errors of a browser whose network a test has cut. */
export const CUT = /WebSocket|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|Failed to fetch/;

/**
 * The status of the connection, while it is in this state.
 * @param {Page} page
 * @param {"ended" | "read_only" | "saving" | "saved" | "full" | "offline" | "connecting"} state
 */
export const status = (page, state) => page.locator(`[data-testid="status"][data-state="${state}"]`);

/** @param {Page} page */
export const saved = (page) => status(page, "saved").waitFor();

/**
 * Waits until the control that a selector finds has this value.
 * @param {Page} page
 * @param {string} selector
 * @param {string} value
 */
export const hasValue = (page, selector, value) => waitForValue(page, selector, { value });

/**
 * Waits until the control that a selector finds holds so many UTF-16 units.
 * @param {Page} page
 * @param {string} selector
 * @param {number} length
 */
export const hasLength = (page, selector, length) => waitForValue(page, selector, { length });

/**
 * @param {Page} page
 * @param {string} selector
 * @param {{ value?: string, length?: number }} wanted
 */
const waitForValue = (page, selector, wanted) =>
  page.waitForFunction(
    ({ selector, value, length }) => {
      const control = document.querySelector(selector);
      if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) return false;
      return value === undefined ? control.value.length === length : control.value === value;
    },
    { selector, ...wanted },
  );

/**
 * Checks the current page in both colour schemes: no axe violation, no horizontal scrolling.
 * @param {Page} page
 * @param {string} what
 */
export async function inspect(page, what) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await isReadable(page, `${what}, ${colorScheme}`);
  }
}

/**
 * Changes to a view; on a phone the table is a list.
 * @param {Page} page
 * @param {"table" | "kanban" | "free" | "matrix" | "rings" | "summary"} view
 */
export const look = (page, view) => page.locator(`[data-view="${view}"]`).click();

/**
 * The controls of the board that do this: of the whole board, of the opened card, of a notice.
 * @param {Page | import("playwright-core").Locator} page
 * @param {"add" | "start" | "undo" | "redo" | "help" | "close" | "open" | "reset" | "retry" | "leave" | "answer" | "copy" | "dismiss"
 *   | "place" | "remove" | "unlink" | "stop" | "fit" | "play" | "back" | "comment" | "uncomment"} act
 */
export const act = (page, act) => page.locator(`[data-act="${act}"]`);

/**
 * Waits until so many people are shown on the board.
 * @param {Page} page
 * @param {number} count
 */
export const present = (page, count) => page.locator(`[data-testid="people"][data-count="${count}"]`).waitFor();

/**
 * Waits until a search or a filter shows so many cards.
 * @param {Page} page
 * @param {number} count
 */
export const shown = (page, count) => page.locator(`.count[data-count="${count}"]`).waitFor();

/**
 * The field of the opened card.
 * @param {Page} page
 * @param {string} name
 */
export const field = (page, name) => page.locator(`.details [data-field="${name}"]`).locator("input, select, textarea");

/**
 * Where a comment on the opened card is written.
 * @param {Page} page
 */
export const comment = (page) => page.locator(".comments textarea");

/**
 * Comments on the opened card.
 * @param {Page} page
 * @param {string} text
 */
export async function say(page, text) {
  await comment(page).fill(text);
  await act(page, "comment").click();
}

/**
 * Archives a board, or opens it again, as an organiser does at the page of its event.
 * @param {Page} page
 * @param {{ slug: string }} workshop
 * @param {"archive" | "reopen"} what
 */
export async function setArchived(page, workshop, what) {
  await page.goto(`/organisation/evenements/${workshop.slug}`);
  await page.locator('a[href$="/archiver"]').click();
  await isReadable(page);
  await press(page, what === "archive" ? "/archiver" : "/rouvrir");
  await done(page, what === "archive" ? "archive" : "rouvert");
}

/** The server, the browser and the people of one file of tests. */
export class Boards {
  /** @type {Record<string, Visit["signedIn"]>} */
  cookies = {};

  /** @param {Site} site */
  constructor(site) {
    this.site = site;
  }

  /**
   * Starts before the tests of this file and ends after them.
   * @param {readonly { slug: string }[]} workshops at which everybody holds a seat
   * @param {readonly Who[]} people
   */
  static forTests(workshops, people = [ADA, BOB]) {
    const boards = new Boards(Site.forTests());
    before(() => boards.#admit(workshops, people));
    return boards;
  }

  /**
   * @param {readonly { slug: string }[]} workshops
   * @param {readonly Who[]} people
   */
  async #admit(workshops, people) {
    for (const who of people) {
      await this.visit(null, {}, async (page) => {
        for (const { slug } of workshops) await takeSeat(page, slug, who);
        await signIn(page, who.email);
        this.cookies[who.email] = await page.context().storageState();
      });
    }
  }

  get server() {
    return this.site.server;
  }

  /**
   * A page of the site, signed in or not.
   * @param {Who | null} who
   * @param {Visit} visit
   * @param {(page: Page) => Promise<void>} body
   */
  visit(who, visit, body) {
    return this.site.visit({ ...(who === null ? {} : { signedIn: this.cookies[who.email] }), ...visit }, body);
  }

  /**
   * Opens a board as this person, by the one click from /mon-parcours.
   * @param {Who} who
   * @param {{ slug: string }} workshop
   * @param {Visit} visit
   * @param {(page: Page) => Promise<void>} body
   */
  open(who, workshop, visit, body) {
    return this.visit(who, visit, async (page) => {
      await goToBoard(page, workshop);
      await saved(page);
      await body(page);
    });
  }

  /**
   * Ada and Bob on the board at once.
   * @param {{ slug: string }} workshop
   * @param {Visit} visit
   * @param {(ada: Page, bob: Page) => Promise<void>} body
   */
  together(workshop, visit, body) {
    return this.open(ADA, workshop, visit, (ada) => this.open(BOB, workshop, visit, (bob) => body(ada, bob)));
  }
}

/**
 * @param {Page} page
 * @param {{ slug: string }} workshop
 */
export async function goToBoard(page, workshop) {
  await page.goto("/mon-parcours");
  await page.locator(`[data-event="${workshop.slug}"] a[href^="/tableaux/"]`).click();
}

/**
 * Begins a line of the table: its title is to be typed.
 * @param {Page} page
 */
export async function beginRow(page) {
  await act(page, "add").first().click();
  await page.locator(".editor input").waitFor();
}

/**
 * Adds an indicator in the table, by keyboard.
 * @param {Page} page
 * @param {string} name
 */
export async function addIndicator(page, name) {
  await beginRow(page);
  await page.locator(".editor input").fill(name);
  await page.keyboard.press("Enter");
}

/**
 * A line of the table.
 * @param {Page} page
 * @param {string} name
 */
export const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

/**
 * Opens an indicator's panel.
 * @param {Page} page
 * @param {string} name
 */
export const openRow = (page, name) => act(row(page, name), "open").click();

/**
 * A card on the map.
 * @param {Page} page
 * @param {string} name
 */
export const mapCard = (page, name) => page.getByRole("button", { name: new RegExp(`^${name.replaceAll(/[()]/g, "\\$&")}`) }).and(page.locator(".map-card-face"));

/**
 * The middle of a card, in the window.
 * @param {Page} page
 * @param {string} name
 */
export async function middle(page, name) {
  const box = await mapCard(page, name).boundingBox();
  if (!box) throw new Error(`${name} is not drawn`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * Drags from a point to another; ends with the button still down.
 * @param {Page} page
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
export async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
}

/**
 * Draws a link from the handle of a card to another card.
 * @param {Page} page
 * @param {string} from
 * @param {string} to
 */
export async function drawLink(page, from, to) {
  await mapCard(page, from).hover();
  const handle = await page.getByRole("listitem").filter({ has: mapCard(page, from) }).locator(".map-handle").boundingBox();
  if (!handle) throw new Error(`${from} has no handle`);
  await drag(page, { x: handle.x + handle.width / 2, y: handle.y + handle.height / 2 }, await middle(page, to));
  await page.mouse.up();
}
