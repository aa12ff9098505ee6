/** A table as Markdown that can be read as plain text too: columns as wide as their widest cell, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isNumeric = head.map((_, column) => rows.every((row) => /^(-|[\d.,]+)?$/.test(row[column] ?? '')))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, isNumeric[column] ?? false)).join(' | ')} |`
  const rule = widths.map((width, column) =>
    isNumeric[column] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  )
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

function pad(cell: string, width: number, isNumeric: boolean): string {
  return isNumeric ? cell.padStart(width) : cell.padEnd(width)
}
