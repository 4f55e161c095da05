"""MkDocs hook: puts statement, picture and expected output into the exercises of async-playground.

    <async-playground exercise="ttl-cache" settings="callers=8"></async-playground>

`extra.async_playground` in mkdocs.yml is the address of the playground: absolute, or a path in the site.
fragments.json stands beside this file. Without scripts the page shows statement, picture and expected output.
"""

import json
import re
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.utils import get_relative_url

FRAGMENTS = json.loads(Path(__file__).with_name("fragments.json").read_text("utf-8"))
ELEMENT = re.compile(r'^(<async-playground\b[^>]*\bexercise="([^"]*)"[^>]*>)</async-playground> *$', re.MULTILINE)


def on_page_markdown(markdown, page, config, **_):
    def element(found):
        tag, exercise = found.groups()
        if exercise not in FRAGMENTS:
            known = ", ".join(FRAGMENTS)
            raise PluginError(f"{page.file.src_uri}: exercise must be one of {known}, not {exercise}")
        return f'<div>{tag}{FRAGMENTS[exercise]["html"]}</async-playground></div>'

    return ELEMENT.sub(element, markdown)


def on_page_content(html, page, config, **_):
    if "<async-playground" not in html:
        return html
    site = config.extra.get("async_playground")
    if not site:
        raise PluginError("mkdocs.yml must have the address of the playground as extra.async_playground")
    if "://" not in site:
        site = get_relative_url(site, page.url)
    return f'{html}<script type="module" src="{site.rstrip("/")}/playground.js"></script>'
