// Notices what a field has no room for when something is pasted into it: the browser cuts it off without a word.

export interface TruncatedPaste {
  /** What the field is called. */
  readonly field: string;
  /** Characters that it holds at most. */
  readonly max: number;
  /** All that was to be pasted. */
  readonly text: string;
}

/** What this paste will cut, before it does; null when all of it fits. */
export function truncatedPaste({ target, clipboardData }: ClipboardEvent): TruncatedPaste | null {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (!isField || target.maxLength < 0 || target.readOnly) return null;
  const text = clipboardData?.getData("text/plain") ?? "";
  const inserted = target instanceof HTMLInputElement ? text.replaceAll(/[\r\n]/gu, "") : text.replaceAll("\r\n", "\n");
  const replaced = (target.selectionEnd ?? 0) - (target.selectionStart ?? 0);
  if (target.value.length - replaced + inserted.length <= target.maxLength) return null;
  return { field: target.labels?.[0]?.textContent ?? target.ariaLabel ?? "", max: target.maxLength, text };
}
