"""Measurements, apart from the tests; results are named by commit."""
