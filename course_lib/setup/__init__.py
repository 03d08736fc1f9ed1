"""What a fresh clone needs: `.venv` made, packages installed. Standard library only."""
