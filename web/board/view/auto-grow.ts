/** Makes a field as high as what it holds, where the browser cannot size it by its content. */
export function autoGrow(area: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
