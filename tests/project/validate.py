# validate.py SCHEMA FILE: is each line of the file valid, and does it hold nothing
# that the schema does not name? There must be one. A schema for lines of several kinds
# has a definition for each, under the name of the kind.
import json, sys
from jsonschema import Draft7Validator

schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
lines = open(sys.argv[2]).read().splitlines()
bad = 0
for number, line in enumerate(lines, 1):
    result = json.loads(line)
    own = schema if "properties" in schema else schema["definitions"].get(result.get("kind"), {})
    errors = list(validator.iter_errors(result))
    if errors and own is not schema:
        # of several kinds: what is wrong with its own
        own_schema = {"$ref": "#/definitions/%s" % result.get("kind"), "definitions": schema["definitions"]}
        errors = (list(Draft7Validator(own_schema).iter_errors(result)) if own else errors) or errors
    for error in errors:
        print("%d: %s: %s" % (number, "/".join(map(str, error.absolute_path)), error.message))
        bad += 1
    for name in sorted(set(result) - set(own.get("properties", {}))):
        print("%d: %s is not in the schema" % (number, name))
        bad += 1
sys.exit(1 if bad or not lines else 0)
