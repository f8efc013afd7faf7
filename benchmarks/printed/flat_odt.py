"""Documents as flat OpenDocument text, which LibreOffice prints and turns into other formats."""

from html import escape

from benchmarks.printed.document import Break, Cell, Document, Grid, Note, Text

_ALIGN = {"l": "start", "r": "end", "c": "center", "": "start"}
_TAB = {"l": "left", "r": "right", "c": "center", "": "left"}
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing",
        "fo": "xsl-fo-compatible", "svg": "svg-compatible",
    }.items()
)  # fmt: skip
_ROOM = 160.0  # mm between the margins of an upright page
_ROOM_TURNED = 247.0


def flat_odt(document: Document, font: str) -> str:
    """The whole file. Watermarks are left out: LibreOffice draws them as shapes, not as text."""
    writer = _Writer(document, font)
    body = "\n".join(writer.block(block) for block in document.blocks)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_SPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls><style:font-face style:name="F" svg:font-family="'{font}'"/></office:font-face-decls>
<office:styles>{writer.styles()}</office:styles>
<office:automatic-styles>{writer.page_layout()}{"".join(writer.automatic)}</office:automatic-styles>
<office:master-styles>{writer.master()}</office:master-styles>
<office:body><office:text>{body}</office:text></office:body></office:document>"""


class _Writer:
    def __init__(self, document: Document, font: str) -> None:
        self.document = document
        self.font = font
        self.room = _ROOM_TURNED if document.turned else _ROOM
        self.automatic: list[str] = []
        self.tables = 0
        self.breaks = False

    def styles(self) -> str:
        size = self.document.size
        letters = 'style:font-name="F" style:font-name-asian="F" fo:font-size="{0}pt" style:font-size-asian="{0}pt"'
        kinds = {
            "title": (1.4 * size, "", 'fo:text-align="center"'), "heading": (size, _BOLD, ""), "prose": (size, "", ""),
            "line": (size, "", ""), "prose-zh": (size, "", f'fo:text-indent="{2 * size}pt"'),
            "running": (9, "", 'fo:text-align="center"'), "running-right": (9, "", 'fo:text-align="end"'),
        }  # fmt: skip
        for how in ("l", "r", "c"):
            kinds[f"cell-{how}"] = (size, "", f'fo:text-align="{_ALIGN[how]}"')
        return "".join(
            f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties {paragraph} '
            f'fo:line-height="{125 if name.startswith("cell") else 150}%"/>'
            f"<style:text-properties {letters.format(points)} {bold}/></style:style>"
            for name, (points, bold, paragraph) in kinds.items()
        )

    def page_layout(self) -> str:
        width, height = ("297mm", "210mm") if self.document.turned else ("210mm", "297mm")
        running = '<style:header-footer-properties fo:min-height="8mm" fo:margin-{0}="3mm"/>'
        self.automatic.append(_fixed_styles())
        return (
            f'<style:page-layout style:name="L" style:page-usage="{"mirrored" if self.document.alternates else "all"}">'
            f'<style:page-layout-properties fo:page-width="{width}" fo:page-height="{height}" fo:margin-top="12mm" '
            'fo:margin-bottom="12mm" fo:margin-left="25mm" fo:margin-right="25mm"/>'
            f"<style:header-style>{running.format('bottom')}</style:header-style>"
            f"<style:footer-style>{running.format('top')}</style:footer-style></style:page-layout>"
        )

    def master(self) -> str:
        document = self.document
        parts = []
        for what, text in (("header", document.header), ("footer", document.footer)):
            line = escape(text).replace("{page}", '<text:page-number text:select-page="current"/>')
            line = line.replace("{total}", "<text:page-count/>")
            right = "running-right" if document.alternates else "running"
            parts.append(f'<style:{what}><text:p text:style-name="{right}">{line}</text:p></style:{what}>')
            if document.alternates:
                parts.append(f'<style:{what}-left><text:p text:style-name="line">{line}</text:p></style:{what}-left>')
        return (
            f'<style:master-page style:name="Standard" style:page-layout-name="L">{"".join(parts)}</style:master-page>'
        )

    def block(self, block: Text | Grid | Note | Break) -> str:
        if isinstance(block, Break):
            self.breaks = True
            return ""
        if isinstance(block, Note):
            return f"{self._opened('line')}{_note(block)}</text:p>"
        if isinstance(block, Text):
            style = "prose-zh" if block.kind == "prose" and not block.text.isascii() else block.kind
            return f"{self._opened(style)}{escape(block.text)}</text:p>"
        self.tables += 1
        tabbed = block.look == "spaced" and block.groups == 1 and self.document.kind == "table" and not block.tight
        return self._tabbed(block) if tabbed else self._table(block)

    def _opened(self, style: str) -> str:
        if not self.breaks:
            return f'<text:p text:style-name="{style}">'
        self.breaks = False
        name = f"break{len(self.automatic)}"
        self.automatic.append(
            f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{style}">'
            '<style:paragraph-properties fo:break-before="page"/></style:style>'
        )
        return f'<text:p text:style-name="{name}">'

    def _tabbed(self, grid: Grid) -> str:
        """Rows as lines with tab stops."""
        name, left, stops = f"tabs{self.tables}", 0.0, []
        for number, share in enumerate(grid.widths):
            how = grid.aligned[number : number + 1]
            at = left + share * self.room * {"r": 0.93, "c": 0.5}.get(how, 0.0)
            left += share * self.room
            stops.append(f'<style:tab-stop style:position="{at:.2f}mm" style:type="{_TAB[how]}"/>')
        self.automatic.append(
            f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="line">'
            f'<style:paragraph-properties fo:line-height="125%"><style:tab-stops>{"".join(stops[1:])}'
            "</style:tab-stops></style:paragraph-properties></style:style>"
        )
        rows = [grid.header, *grid.printed]
        lines = ("<text:tab/>".join(escape(cell or "") for cell in row) for row in rows)
        return "".join(f'<text:p text:style-name="{name}">{line}</text:p>' for line in lines)

    def _table(self, grid: Grid) -> str:
        name = f"table{self.tables}"
        columns = []
        for number, share in enumerate(grid.widths * grid.groups):
            style = f"{name}.{number}"
            self.automatic.append(
                f'<style:style style:name="{style}" style:family="table-column"><style:table-column-properties '
                f'style:column-width="{share * self.room / grid.groups:.2f}mm"/></style:style>'
            )
            columns.append(f'<table:table-column table:style-name="{style}"/>')
        rows = grid.printed
        head = self._row(grid, grid.header * grid.groups, "head", [])
        if grid.repeats:
            head = f"<table:table-header-rows>{head}</table:table-header-rows>"
        last = len(rows) - 1
        body = [
            self._row(grid, row, "last" if number == last else "body", rows[number:]) for number, row in enumerate(rows)
        ]
        return (
            f'<table:table table:name="{name}" table:style-name="table">{"".join(columns)}{head}{"".join(body)}'
            "</table:table>"
        )

    def _row(self, grid: Grid, row: tuple[Cell, ...], where: str, below: list[tuple[Cell, ...]]) -> str:
        style = {"ruled": "ruled", "spaced": "bare"}.get(grid.look, where if where != "body" else "bare")
        style = "tight" if grid.tight and style == "bare" else style
        cells = []
        for column, cell in enumerate(row):
            if cell is None:
                cells.append("<table:covered-table-cell/>")
                continue
            covered = 1
            while covered < len(below) and below[covered][column] is None:
                covered += 1
            span = f' table:number-rows-spanned="{covered}"' if covered > 1 else ""
            how = grid.aligned[column % len(grid.widths) : column % len(grid.widths) + 1] or "l"
            text = f'<text:p text:style-name="cell-{how}">{escape(cell)}</text:p>'
            cells.append(f'<table:table-cell table:style-name="{style}"{span}>{text}</table:table-cell>')
        return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


_PADDED = 'fo:padding="0.7mm"'
_BOLD = 'fo:font-weight="bold" style:font-weight-asian="bold"'


def _fixed_styles() -> str:
    line = "0.5pt solid #000000"
    borders = {
        "ruled": f'fo:border="{line}" style:vertical-align="middle"', "bare": 'fo:border="none"',
        "tight": 'fo:border="none" fo:padding="0mm" fo:padding-left="0.7mm" fo:padding-right="0.7mm"',
        "head": f'fo:border-top="1pt solid #000000" fo:border-bottom="{line}"',
        "last": 'fo:border-bottom="1pt solid #000000"',
    }  # fmt: skip
    cells = "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
        f"{border} {'' if name == 'tight' else _PADDED}/></style:style>"
        for name, border in borders.items()
    )
    frame = (
        '<style:style style:name="{0}" style:family="graphic"><style:graphic-properties {1} fo:padding="0mm" '
        'draw:fill="none" draw:stroke="none" fo:border="none" style:wrap="run-through" '
        'style:horizontal-pos="from-left" style:horizontal-rel="paragraph" style:vertical-pos="from-top" '
        'style:vertical-rel="paragraph"/></style:style>'
    )
    turned = (
        '<style:style style:name="turned" style:family="text"><style:text-properties style:text-rotation-angle="90" '
        'style:text-rotation-scale="line-height"/></style:style>'
    )
    row = (
        '<style:style style:name="row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/>'
        "</style:style>"
    )
    table = (
        '<style:style style:name="table" style:family="table"><style:table-properties table:border-model="collapsing"/>'
        "</style:style>"
    )
    frames = frame.format("upright", 'style:writing-mode="tb-rl"') + frame.format("frame", "")
    return cells + frames + turned + row + table


def _note(note: Note) -> str:
    text = escape(note.text)
    text = f'<text:span text:style-name="turned">{text}</text:span>' if note.turned else text
    return (
        f'<draw:frame draw:style-name="{"frame" if note.turned else "upright"}" text:anchor-type="paragraph" '
        'svg:x="-14mm" svg:y="60mm" svg:width="7mm" svg:height="60mm"><draw:text-box>'
        f'<text:p text:style-name="line">{text}</text:p></draw:text-box></draw:frame>'
    )
