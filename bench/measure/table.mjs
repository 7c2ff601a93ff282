/**
 * A table for people. The first column is text, the others are aligned to the right.
 *
 * @param {string} title
 * @param {readonly string[]} columns
 * @param {readonly (readonly (string | number)[])[]} rows
 * @returns {string}
 */
export function table(title, columns, rows) {
  const lines = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const draw = (line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  const [head, ...body] = lines.map(draw);
  return ["", title, head, "─".repeat(head.length), ...body].join("\n");
}
