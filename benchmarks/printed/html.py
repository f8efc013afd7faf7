"""Documents as HTML, for producers that print web pages."""

from html import escape

from benchmarks.printed.document import Break, Cell, Document, Grid, Note, Text

_TAGS = {"title": "h1", "heading": "h2", "prose": "p", "line": "div"}
_ALIGN = {"l": "left", "r": "right", "c": "center", "": "left"}


def html_of(document: Document, font: str) -> str:
    """The whole page. Running lines are margin boxes of CSS paged media, which Chromium prints."""
    body = "\n".join(_block(block) for block in document.blocks)
    mark = f'<div class="watermark">{escape(document.watermark)}</div>' if document.watermark else ""
    inside = f'{mark}<div class="{"framed" if document.framed else ""}">{body}</div>'
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>record</title><style>
{_style(document, font)}</style></head><body>{inside}</body></html>"""


def _style(document: Document, font: str) -> str:
    wide = "landscape" if document.turned else "portrait"
    sides = [("right", ":right"), ("left", ":left")] if document.alternates else [("center", "")]
    running = "".join(
        f"@page {pages} {{ @{edge}-{side} {{ {_content(text)} }} }}\n"
        for side, pages in sides
        for edge, text in (("top", document.header), ("bottom", document.footer))
    )
    notes = any(isinstance(block, Note) for block in document.blocks)
    left, inset = ("8mm", "14mm") if notes else ("22mm", "0")
    # Chromium prints the letters of fonts without vertical metrics on top of each other
    upright = (
        "writing-mode: vertical-rl; white-space: nowrap" if "Noto" in font else "width: 1em; overflow-wrap: anywhere"
    )
    return f"""@page {{ size: A4 {wide}; margin: 25mm 20mm 22mm {left}; }}
@page {{ @top-center, @bottom-center {{ font: 9pt '{font}'; }} }}
{running}
body {{ font: {document.size}pt/1.6 '{font}'; margin: 0 0 0 {inset}; }}
h1 {{ font-size: 1.4em; text-align: center; margin: 0; font-weight: normal; }}
h2 {{ font-size: 1em; margin: 0; font-weight: bold; }}
p {{ margin: 0; }} p:not(:lang(en)) {{ text-indent: 2em; }} p:lang(en) {{ text-indent: 0; }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed; line-height: 1.25; margin: 4pt 0 6pt; }}
td, th {{ padding: 2pt; font-weight: normal; vertical-align: top; overflow-wrap: anywhere; }}
tr {{ break-inside: avoid; }}
table.tight td, table.tight th {{ padding: 0 2pt; }}
table.ruled td, table.ruled th {{ border: 0.5pt solid black; vertical-align: middle; }}
table.three_line {{ border-top: 1pt solid black; border-bottom: 1pt solid black; }}
table.three_line th {{ border-bottom: 0.5pt solid black; }}
.framed {{ border: 0.75pt solid black; padding: 4pt; }} .framed h1 {{ border-bottom: 0.5pt solid black; }}
.break {{ break-before: page; }}
.note {{ position: absolute; left: 0; font-size: 10pt; line-height: 1; margin-top: 60mm; {upright}; }}
.turned {{ writing-mode: horizontal-tb; width: auto; white-space: nowrap; margin-top: 95mm;
  transform-origin: left top; transform: rotate(-90deg); }}
.watermark {{ position: fixed; top: 45%; left: 15%; font-size: 36pt; color: #ddd; transform: rotate(-45deg); }}
"""


def _content(text: str) -> str:
    shown = escape(text, quote=False).replace('"', "").replace("{page}", '" counter(page) "')
    return 'content: "' + shown.replace("{total}", '" counter(pages) "') + '";'


def _block(block: Text | Grid | Note | Break) -> str:
    if isinstance(block, Break):
        return '<div class="break"></div>'
    if isinstance(block, Note):
        return f'<div class="note{" turned" if block.turned else ""}">{escape(block.text)}</div>'
    if isinstance(block, Text):
        tag = _TAGS[block.kind]
        return f"<{tag}{' lang=en' if block.text.isascii() else ''}>{escape(block.text)}</{tag}>"
    return _table(block)


def _table(grid: Grid) -> str:
    widths = "".join(f'<col style="width:{100 * share / grid.groups:.2f}%">' for share in grid.widths * grid.groups)
    head = _row(grid, grid.header * grid.groups, "th")
    rows = grid.printed
    body = [_row(grid, row, "td", rows[number:]) for number, row in enumerate(rows)]
    if grid.repeats:
        inside = f"<thead>{head}</thead><tbody>{''.join(body)}</tbody>"
    else:
        inside = f"<tbody>{head}{''.join(body)}</tbody>"
    return f'<table class="{grid.look}{" tight" if grid.tight else ""}"><colgroup>{widths}</colgroup>{inside}</table>'


def _row(grid: Grid, row: tuple[Cell, ...], tag: str, below: list[tuple[Cell, ...]] | None = None) -> str:
    cells = []
    for column, cell in enumerate(row):
        if cell is None:
            continue
        covered = 1
        while below and covered < len(below) and below[covered][column] is None:
            covered += 1
        how = _ALIGN[grid.aligned[column % len(grid.widths) : column % len(grid.widths) + 1]]
        span = f' rowspan="{covered}"' if covered > 1 else ""
        cells.append(f'<{tag}{span} style="text-align:{how}">{escape(cell)}</{tag}>')
    return f"<tr>{''.join(cells)}</tr>"
