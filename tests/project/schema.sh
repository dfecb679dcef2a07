#!/bin/sh
# What --json writes is what schema/fourwave-result-1.schema.json says, by a
# validator of its own: the unit tests' samples, and a run in the lab.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=tests/project/reports.sh
. "$(dirname "$0")/reports.sh"

schema=$top_srcdir/schema/fourwave-result-1.schema.json
python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"

# Each line of the file is valid, and holds nothing that the schema does not name.
validate() { # FILE
	python3 - "$schema" "$1" <<'END'
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
END
}

"${top_builddir:-.}/tests/unit/sample_report" json "$scratch/samples.json" || fail "the samples cannot be written"
validate "$scratch/samples.json" || fail "the samples are not what the schema says"

# The schema refuses what is wrong.
sed -n 1p "$scratch/samples.json" >"$scratch/one.json"
refused() { # SED-SCRIPT
	sed "$1" "$scratch/one.json" >"$scratch/wrong.json"
	cmp -s "$scratch/one.json" "$scratch/wrong.json" && fail "$1 changes nothing"
	! validate "$scratch/wrong.json" >/dev/null || fail "the schema lets this pass: $1"
}
refused 's/"schema_version":1/"schema_version":2/'
refused 's/"verdict":"pass"/"verdict":"perhaps"/'
refused 's/"verdict":"pass"/"verdict":"fail"/'
refused 's/"row":1/"row":6/'
refused 's/"family":"ipv4",//'
refused 's/"gaps":\[/"gaps":["soon",/'
refused 's/"ignored":0/"ignored":-1/'
refused 's/"observed":\[/"observed":["CLOSED"/'
refused 's/"ignored":0/"ignored":0,"more":0/'

if lab_possible; then
	write_waves
	play_waves --json "$scratch/run.json"
	validate "$scratch/run.json" || fail "the run's results are not what the schema says"
	[ "$(wc -l <"$scratch/run.json")" = 3 ] || fail "three results were wanted"
	"$FOURWAVE" run -q --json "$scratch/crooked.json" "$top_srcdir/scenarios/rfc/other-port.wave" >/dev/null 2>&1 ||
		fail "other-port does not pass"
	grep -q '"crooked":\[{"line":' "$scratch/crooked.json" || fail "what was crooked is not in the result"
	validate "$scratch/crooked.json" || fail "a crooked run's results are not what the schema says"
	"$FOURWAVE" judge -q --json "$scratch/judged.json" -r "$scratch/captures/fails-ipv4.pcap" \
		"$scratch/waves/fails.wave" >"$scratch/output" 2>&1
	validate "$scratch/judged.json" || fail "a judged capture's result is not what the schema says"
else
	echo "no user namespaces here: only the samples were checked"
fi
finish
