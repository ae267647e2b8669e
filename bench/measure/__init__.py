"""What bench/run measures, one module a kind."""
