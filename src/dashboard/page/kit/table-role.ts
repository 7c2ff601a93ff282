/**
 * What the parts of a table are, said aloud: narrow, they are laid out as blocks and grids, and a browser forgets with that what
 * they were.
 */
export const tableRole = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  column: { role: "columnheader" },
  name: { role: "rowheader" },
  cell: { role: "cell" },
} as const;
