# What machines read: the schema of --json.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = schema/fourwave-result-1.schema.json
