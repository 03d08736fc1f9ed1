"""A panel in a real kernel, and what the notebook's file holds of it."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT


def run_cells(*sources: str) -> tuple[list[str], list[str]]:
    """What is kept of the panel that the first cell shows, as HTML, after each cell; what each further cell printed."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    kept = []
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            outputs = [output.data for output in notebook.cells[0].outputs if "data" in output]
            kept.append("".join(data.get("text/html", "") for data in outputs))
    nbformat.validate(notebook)
    return kept, [cell.outputs[0].text.strip() for cell in notebook.cells[1:]]
