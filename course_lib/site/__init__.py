"""The course as a site to read: lessons, library and instructors' pages, static, in a folder that asks no other host.

Sphinx builds it, with myst-nb and the theme Furo. All three are kept by many hands, come as plain wheels and bring all
that a page needs: the search is Sphinx's own and runs in the reader's browser, also from disk; Furo uses the fonts of
the machine, knows dark and light, telephones and printers, and weighs 60 KB. The pydata theme, on which Jupyter Book
stands, brings 1.5 MB of icons for buttons that we do not have; Jupyter Book 2 wants Node; nbsphinx wants Pandoc.

Formulas become MathML when the site is built, by math-core (MIT): Chromium, Firefox and Safari draw it themselves
since 2023, screen readers know it, and a page of a hundred formulas needs no script. MathJax and KaTeX come from
another host; the wheels that carry them, jupyter-server-mathjax and sphinxcontrib-katex, have the old MathJax 2 and
KaTeX without its fonts. Our font is STIX Two Math (SIL Open Font License, as its own name table says), from the wheel
of ziamath; where a reader has it, theirs is used.

The library is described from its text, without importing it: nothing is run, neither lessons nor library.
"""
