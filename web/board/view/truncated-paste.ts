// Detects a paste that exceeds a field's maximum length, which the browser truncates silently.

export interface TruncatedPaste {
  /** The field's label. */
  readonly field: string;
  /** Characters that it holds at most. */
  readonly max: number;
  /** The whole pasted text. */
  readonly text: string;
}

/** The paste that will be truncated; null when it fits. */
export function truncatedPaste({ target, clipboardData }: ClipboardEvent): TruncatedPaste | null {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (!isField || target.maxLength < 0 || target.readOnly) return null;
  const text = clipboardData?.getData("text/plain") ?? "";
  const inserted = target instanceof HTMLInputElement ? text.replaceAll(/[\r\n]/gu, "") : text.replaceAll("\r\n", "\n");
  const replaced = (target.selectionEnd ?? 0) - (target.selectionStart ?? 0);
  if (target.value.length - replaced + inserted.length <= target.maxLength) return null;
  return { field: target.labels?.[0]?.textContent ?? target.ariaLabel ?? "", max: target.maxLength, text };
}
