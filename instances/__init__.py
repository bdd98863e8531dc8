"""Small cities that ship with the project, each with its answer and a proof by hand."""
