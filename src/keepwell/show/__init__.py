"""What do people see? Statements, explanations and reports as text, HTML and JSON: pure, from tables and dataclasses."""
