"""How fast the stages are: each figure with its ratio to a bare limit, in the same run."""
