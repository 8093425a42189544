"""Checks of the models and the machine, before a workflow that runs for hours: ``scoreface doctor``."""
