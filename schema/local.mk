# What machines read: the schemas of --json.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = schema/fourwave-result-3.schema.json schema/fourwave-draw-1.schema.json
