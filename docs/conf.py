"""How Sphinx makes the site from these pages, the examples and the docstrings."""

import sys
from pathlib import Path

import sparsekit

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "sparsekit"
author = "the sparsekit developers"
copyright = author
version = release = sparsekit.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    # Our own.
    "api_pages",
    "code_host_pages",
    "mathml",
    "strict_examples",
    "unbroken",
]
root_doc = "index"
templates_path = ["_templates"]
exclude_patterns = ["_build"]

# Every reference must lead somewhere. Those to other libraries are left as they are:
# looking them up would take a network.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(matplotlib|numpy|pandas|scipy|sklearn)\..*")]
default_role = "literal"

# Pages ------------------------------------------------------------------------------
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
# What these pages list is below them.
page_trees = ["index", "user_guide/index", "api"]

# API reference ----------------------------------------------------------------------
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Gallery ----------------------------------------------------------------------------
# An example that raises, warns or draws nothing fails the build: nothing else runs it.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "subsection_order": [
        f"../examples/{group}"
        for group in (
            "first_steps",
            "tables",
            "missing_data",
            "topology",
            "difficulty",
            "online",
            "performance",
        )
    ],
    "doc_module": ("sparsekit",),
    "reset_modules": ("matplotlib", "strict_examples.raise_warnings"),
    "reset_modules_order": "both",
    "backreferences_dir": "api/backreferences",
    "download_all_examples": False,
    "remove_config_comments": True,
    # Of a last line that is no table, there is nothing to be seen but its address.
    "capture_repr": ("_repr_html_",),
    # Times depend on the machine, and their page loads scripts from elsewhere.
    "write_computation_times": False,
    "min_reported_time": 3600,
}

toc_object_entries_show_parents = "hide"

# HTML -------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = "sparsekit"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
# Pages with nothing below or beside them need no list of pages.
html_sidebars = {
    page: []
    for page in (
        "install",
        "getting_started",
        "performance",
        "comparison",
        "architecture",
        "contributing",
        "changelog",
    )
}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "header_links_before_dropdown": 5,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}
