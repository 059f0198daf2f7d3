import { type Html, html } from "./html.ts";

/** One column: its heading, and its cell in each row. */
export interface Column<Row> {
  readonly heading: Html | string;
  readonly cell: (row: Row) => Html | string | undefined;
  /** Classes of heading and cells. */
  readonly look?: string;
  /** Whether it is the heading of its row. */
  readonly namesRow?: boolean;
}

/**
 * A table. Its roles are written out: where `rows` become cards on a narrow screen, browsers forget that it is a table.
 *
 * @param caption null where what is around it names it.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { caption, look = "rows" }: { readonly caption: Html | null; readonly look?: string },
): Html {
  const cell = ({ cell: content, look = "", namesRow }: Column<Row>, row: Row) =>
    namesRow
      ? html`<th role="rowheader" scope="row" class="${look}">${content(row)}</th>`
      : html`<td role="cell" class="${look}">${content(row)}</td>`;
  return html`<table class="${look}" role="table">${caption}<thead role="rowgroup"><tr role="row">${columns.map(
    ({ heading, look = "" }) => html`<th role="columnheader" scope="col" class="${look}">${heading}</th>`,
  )}</tr></thead><tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row">${columns.map((column) => cell(column, row))}</tr>`,
  )}</tbody></table>`;
}
