"""Rules as data: the schema and loader of the YAML files under rules/."""
