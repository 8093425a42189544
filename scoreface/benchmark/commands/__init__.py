"""The benchmarks' commands: options in, a table out. What is measured stands in the modules that they call."""
