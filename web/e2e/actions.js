// A participant's actions as helpers for the tests: register, read letters, confirm, sign in.
// Everything goes through the pages, the letters and their links.

/**
 * @typedef {object} Who
 * @property {string} name
 * @property {string} email
 * @property {string} [organisation]
 */

/** How the subject of each kind of letter begins. */
const SUBJECTS = {
  "please-confirm": /^À confirmer/,
  confirmed: /^Inscription confirmée/,
  waiting: /^Liste d’attente/,
  promoted: /^Une place s’est libérée/,
  "seat-offered": /^Une place vous est offerte/,
  "offer-lapsed": /^L’offre est expirée/,
  "already-registered": /^Votre inscription est déjà/,
  cancelled: /^Inscription annulée/,
  // Subjects written by organisers: the tests begin theirs like this.
  invitation: /^Un atelier pour/,
  reminder: /^Rappel/,
  "sign-in": /^Votre lien de connexion/,
  "hand-over": /vous transmet sa place/,
  "hand-over-declined": /^Votre place reste la vôtre/,
  "event-cancelled": /^Annulé/,
  // Messages of organisers to registered people: the tests begin theirs like this.
  message: /^Un mot/,
};

/**
 * Fills the form of an event and sends it; ends on the page that answers.
 * @param {import("playwright-core").Page} page
 * @param {string} slug the event's
 * @param {Who} who
 */
export async function register(page, slug, who) {
  await page.goto(`/evenements/${slug}/inscription`);
  await page.getByLabel("Prénom et nom").fill(who.name);
  await page.getByLabel("Adresse électronique").fill(who.email);
  await page.getByLabel("Organisation", { exact: true }).fill(who.organisation ?? "Ville d’Angers");
  const buyer = page.getByLabel("J’atteste être un acheteur public");
  if ((await buyer.count()) > 0) await buyer.check();
  await page.getByRole("button", { name: /Réserver ma place|Rejoindre la liste/ }).click();
}

/**
 * Opens the newest letter of this kind to this address in the demo mailbox.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 * @param {keyof typeof SUBJECTS} kind
 */
export async function openLetter(page, email, kind) {
  await page.goto("/courriels");
  const subject = page.getByRole("link", { name: SUBJECTS[kind] });
  await page.getByRole("listitem").filter({ hasText: `À ${email}` }).filter({ has: subject }).first().getByRole("link").click();
  await page.waitForURL("**/courriels/*");
}

/**
 * Follows the link in the open letter. The address is read from its text: the letter's frame runs no script, so
 * nothing in it can be clicked from here.
 * @param {import("playwright-core").Page} page
 * @param {RegExp} path what the address holds
 */
export async function followLetter(page, path = /\/(?:inscriptions|connexion|invitations|transmissions)\//) {
  const text = await page.locator("pre").textContent();
  const address = text?.match(/https?:\/\/\S+/g)?.find((address) => path.test(address));
  if (address === undefined) throw new Error(`no link in the letter:\n${text}`);
  await page.goto(address);
}

/**
 * Confirms the registration that `register` asked for.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 */
export async function confirm(page, email) {
  await openLetter(page, email, "please-confirm");
  await followLetter(page);
  await page.getByRole("button", { name: /^Confirmer/ }).click();
  await page.getByText("Votre inscription est confirmée").waitFor();
}

/**
 * Asks for a link, follows it, presses its button; ends signed in on /mon-parcours.
 * @param {import("playwright-core").Page} page
 * @param {string} email
 */
export async function signIn(page, email) {
  await page.goto("/connexion");
  await page.getByLabel("Adresse électronique").fill(email);
  await page.getByRole("button", { name: "Recevoir le lien" }).click();
  await page.getByRole("heading", { name: "Regardez vos courriels" }).waitFor();
  await openLetter(page, email, "sign-in");
  await followLetter(page);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL("**/mon-parcours");
}
