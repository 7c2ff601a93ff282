const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text from elsewhere as a text of HTML, or of an attribute: no markup, and nothing that turns the line around. */
export function htmlText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (mark) => marks[mark]!);
}
