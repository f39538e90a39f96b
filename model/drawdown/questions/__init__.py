"""Experiments on ensembles: questions put to thousands of worlds at once."""
