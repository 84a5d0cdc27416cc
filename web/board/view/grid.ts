// Navigation among the table's cells: from a cell to its card and field, and to its neighbours.
import type { Id } from "../model/protocol.ts";

export type Direction =
  | "up"
  | "down"
  | "left"
  | "right"
  | "first"
  | "last"
  | "pageUp"
  | "pageDown"
  | "onward"
  | "backward";

/** Rows that one press of Page Up or Page Down passes. */
const PAGE = 10;

export function cellRefOf(target: EventTarget | null): { card: Id; field: string } | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-field]") : null;
  const card = cell?.closest<HTMLElement>("[data-card]")?.dataset["card"];
  return cell === null || card === undefined ? null : { card, field: cell.dataset["field"] ?? "" };
}

export function cellIn(table: HTMLTableElement | undefined, card: Id, field: string): HTMLTableCellElement | null {
  const row = table?.querySelector(`tr[data-card="${CSS.escape(card)}"]`);
  return row?.querySelector<HTMLTableCellElement>(`[data-field="${CSS.escape(field)}"]`) ?? null;
}

/** The neighbour in this direction, or the cell itself at the edge. */
export function neighbourCell(cell: HTMLTableCellElement, direction: Direction): HTMLTableCellElement {
  const row = cell.parentElement as HTMLTableRowElement;
  // The rows of all groups, without the group headings.
  const rows = [...(row.closest("table")?.querySelectorAll<HTMLTableRowElement>("tr[data-card]") ?? [])];
  const [down, right] = step(direction, cell, row);
  const wrapped = direction === "onward" && cell.cellIndex + 2 >= row.cells.length ? 1 : 0;
  const before = direction === "backward" && cell.cellIndex === 0 ? -1 : 0;
  const at = Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + down + wrapped + before));
  const target = rows[at] ?? row;
  const last = row.cells.length - 1;
  const column = wrapped === 1 ? 0 : before === -1 ? last - 1 : Math.min(last, Math.max(0, cell.cellIndex + right));
  return target.cells[column] ?? cell;
}

function step(direction: Direction, cell: HTMLTableCellElement, row: HTMLTableRowElement): [number, number] {
  switch (direction) {
    case "up":
      return [-1, 0];
    case "down":
      return [1, 0];
    case "pageUp":
      return [-PAGE, 0];
    case "pageDown":
      return [PAGE, 0];
    case "left":
    case "backward":
      return [0, -1];
    case "right":
    case "onward":
      return [0, 1];
    case "first":
      return [0, -cell.cellIndex];
    case "last":
      return [0, row.cells.length - 1];
  }
}
