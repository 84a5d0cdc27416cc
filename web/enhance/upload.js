// Shows how far the upload of a file is. Without this script the browser shows that it waits, and the form says that it may last.

/**
 * Sends the form, and shows the page that comes back as the browser would.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} status
 * @param {HTMLProgressElement} bar
 */
function send(form, status, bar) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = Math.round((event.loaded / event.total) * 100);
  });
  request.addEventListener("load", () => {
    // A redirect was followed: the page stands at its own address.
    if (request.responseURL !== form.action) {
      window.location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.documentElement.replaceChild(document.adoptNode(page.body), document.body);
    const problems = document.getElementById("problemes");
    problems?.scrollIntoView();
    problems?.focus();
    start();
  });
  // The connection broke: the browser's own way tells why.
  request.addEventListener("error", () => form.submit());
  status.textContent = status.dataset["sending"] ?? "";
  bar.hidden = false;
  request.send(new FormData(form));
  for (const button of form.querySelectorAll("button")) button.disabled = true;
}

/** Takes over the form of the page as it stands. */
function start() {
  /** @type {HTMLFormElement | null} */
  const form = document.querySelector("form[data-upload]");
  /** @type {HTMLElement | null} */
  const status = document.querySelector("[data-upload-status]");
  const bar = form?.querySelector("progress") ?? null;
  if (form === null || status === null || bar === null) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The server says so too, once all of it has come.
    /** @type {HTMLInputElement | null} */
    const input = form.querySelector("input[type=file]");
    const file = input?.files?.[0];
    if (file && file.size > Number(form.dataset["max"])) {
      status.textContent = status.dataset["tooLarge"] ?? "";
      return;
    }
    send(form, status, bar);
  });
}

start();
