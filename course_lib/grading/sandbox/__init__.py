"""Where students' code runs: a sandbox, and the kernels in it."""
