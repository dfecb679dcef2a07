# validate.py SCHEMA FILE: is each line of the file valid, and does it hold nothing
# that the schema does not name? There must be one.
import json, sys
from jsonschema import Draft7Validator

schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
lines = open(sys.argv[2]).read().splitlines()
bad = 0
for number, line in enumerate(lines, 1):
    result = json.loads(line)
    for error in validator.iter_errors(result):
        print("%d: %s: %s" % (number, "/".join(map(str, error.absolute_path)), error.message))
        bad += 1
    for name in sorted(set(result) - set(schema["properties"])):
        print("%d: %s is not in the schema" % (number, name))
        bad += 1
sys.exit(1 if bad or not lines else 0)
