import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
project = "Lessons"
extensions = ["myst_parser", "async_playground"]
async_playground = "playground/"
html_extra_path = ["extra"]
html_theme = os.environ.get("THEME", "furo")
exclude_patterns = ["extra", "_build"]
html_favicon = "extra/playground/favicon.svg"
html_context = {"default_mode": "auto"}
