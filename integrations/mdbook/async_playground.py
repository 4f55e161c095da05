"""mdBook preprocessor: puts statement, picture and expected output into the exercises of async-playground.

    <async-playground exercise="ttl-cache" settings="callers=8"></async-playground>

`site` in the table of the preprocessor in book.toml is the address of the playground: absolute, or a path in the book;
`playground/` without it.
fragments.json stands beside this file. Without scripts the page shows statement, picture and expected output.
"""

import json
import re
import sys
from pathlib import Path

FRAGMENTS = json.loads(Path(__file__).with_name("fragments.json").read_text("utf-8"))
ELEMENT = re.compile(r'^(<async-playground\b[^>]*\bexercise="([^"]*)"[^>]*>)</async-playground> *$', re.MULTILINE)


def fill(chapter, site):
    def element(found):
        tag, exercise = found.groups()
        if exercise not in FRAGMENTS:
            sys.exit(f"{chapter['path']}: exercise must be one of {', '.join(FRAGMENTS)}, not {exercise}")
        # A blank line would end the HTML.
        inside = FRAGMENTS[exercise]["html"].replace("\n", "&#10;")
        return f"<div>{tag}{inside}</async-playground></div>"

    chapter["content"], count = ELEMENT.subn(element, chapter["content"])
    if count > 0:
        up = "" if "://" in site else "../" * chapter["path"].count("/")
        chapter["content"] += f'\n\n<script type="module" src="{up}{site.rstrip("/")}/playground.js"></script>\n'


def each(items, site):
    for item in items:
        # Titles of parts and separators are text.
        if isinstance(item, dict) and "Chapter" in item:
            chapter = item["Chapter"]
            if chapter["path"]:
                fill(chapter, site)
            each(chapter["sub_items"], site)


if sys.argv[1:2] != ["supports"]:
    context, book = json.load(sys.stdin)
    each(book["items"], context["config"]["preprocessor"]["async-playground"].get("site", "playground/"))
    json.dump(book, sys.stdout)
