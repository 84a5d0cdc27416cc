// « Tout cocher », « Tout décocher » without losing what was typed. Without this script the link loads the form again.

const UNCHECK = "Tout décocher";
const CHECK = "Tout cocher";

for (const link of document.querySelectorAll("[data-check-all]")) {
  if (!(link instanceof HTMLElement)) continue;
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(link.dataset["checkAll"] ?? "")}"]`);
  const allChecked = () => [...boxes].every((box) => box.checked);
  const label = () => {
    link.textContent = allChecked() ? UNCHECK : CHECK;
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const checked = !allChecked();
    for (const box of boxes) box.checked = checked;
    label();
  });
  for (const box of boxes) box.addEventListener("change", label);
}
