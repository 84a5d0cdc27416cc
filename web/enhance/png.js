// Offers the map as a PNG, drawn in the browser with its own fonts. Without this script the SVG remains.

/** Pixels along one side, and in all, that every browser's canvas takes. */
const MAX_SIDE = 8_000;
const MAX_AREA = 48_000_000;
/** Sharp on paper and on fine screens. */
const SCALE = 2;

/** @param {HTMLAnchorElement} link whose address is the map as SVG */
async function draw(link) {
  const image = new Image();
  image.src = link.href;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(SCALE, MAX_SIDE / width, MAX_SIDE / height, Math.sqrt(MAX_AREA / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("no canvas");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (picture === null) throw new Error("no picture");
  save(picture, link.download);
}

/** @param {Blob} file @param {string} name */
function save(file, name) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has started by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

for (const link of document.querySelectorAll("a[data-png]")) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  link.hidden = false;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    draw(link).catch(() => {
      const regret = document.createElement("span");
      regret.setAttribute("role", "alert");
      regret.textContent = " (ce navigateur n’a pas pu dessiner la carte : prenez le SVG)";
      link.after(regret);
    });
  });
}
