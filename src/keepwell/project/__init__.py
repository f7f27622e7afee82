"""A company's own project: its configuration, calendar and YAML files, each value knowing its line."""
