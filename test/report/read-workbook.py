"""Reads a workbook with nothing but the standard library: prints JSON, a list of rows a sheet."""
import json
import re
import sys
import zipfile
from xml.etree import ElementTree

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def text_of(node):
    return "".join(t.text or "" for t in node.iter("{%s}t" % NS["m"]))


def main(path):
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        shared = []
        if "xl/sharedStrings.xml" in names:
            root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = [text_of(item) for item in root.findall("m:si", NS)]
        sheets = sorted(
            (n for n in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)),
            key=lambda n: int(re.search(r"(\d+)\.xml", n).group(1)),
        )
        formulas = 0
        result = []
        for name in sheets:
            root = ElementTree.fromstring(book.read(name))
            formulas += len(root.findall(".//m:f", NS))
            rows = []
            for row in root.findall("m:sheetData/m:row", NS):
                cells = []
                for cell in row.findall("m:c", NS):
                    value = cell.find("m:v", NS)
                    if cell.get("t") == "s":
                        cells.append(shared[int(value.text)])
                    elif cell.get("t") == "inlineStr":
                        cells.append(text_of(cell))
                    else:
                        cells.append(None if value is None else float(value.text))
                rows.append(cells)
            result.append(rows)
        print(json.dumps({"sheets": result, "formulas": formulas}))


main(sys.argv[1])
