#!/bin/sh
# What --json writes is what the schemas in schema/ say, by a validator of its own:
# the unit tests' samples, a run in the lab, and its captures drawn. tests/net/draw.sh
# has more of the last.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=tests/project/reports.sh
. "$(dirname "$0")/reports.sh"

schema=$top_srcdir/schema/fourwave-result-3.schema.json
python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"

validate() { # FILE
	python3 "$top_srcdir/tests/project/validate.py" "$schema" "$1"
}

"${top_builddir:-.}/tests/unit/sample_report" json "$scratch/samples.json" || fail "the samples cannot be written"
validate "$scratch/samples.json" || fail "the samples are not what the schema says"

# The schema refuses what is wrong.
sample() { # VERDICT KIND; the first such line
	grep -m 1 "\"kind\":\"$2\".*\"verdict\":\"$1\"" "$scratch/samples.json" >"$scratch/one.json" ||
		fail "no sample of the kind $2 has the verdict $1"
}
sample pass run
refused() { # SED-SCRIPT
	sed "$1" "$scratch/one.json" >"$scratch/wrong.json"
	cmp -s "$scratch/one.json" "$scratch/wrong.json" && fail "$1 changes nothing"
	! validate "$scratch/wrong.json" >/dev/null || fail "the schema lets this pass: $1"
}
refused 's/"schema_version":3/"schema_version":2/'
refused 's/"kind":"run"/"kind":"rule"/'
refused 's/"kind":"run",//'
refused 's/"level":null/"level":"must"/'
refused 's/"warnings":\[\]/"warnings":["late"]/'
refused 's/"breaches":\[\]/"breaches":["reserved"]/'
refused 's/"verdict":"pass"/"verdict":"perhaps"/'
refused 's/"verdict":"pass"/"verdict":"fail"/'
refused 's/"row":1/"row":6/'
refused 's/"family":"ipv4",//'
refused 's/"values":\[/"values":["soon",/'
refused 's/"code":null/"code":"gap"/'
refused 's/"overruled":null/"overruled":"gapp"/'
refused 's/"kind":"gaps"/"kind":"caps"/'
refused 's/"unit":"s"/"unit":"ms"/'
refused 's/"ignored":0/"ignored":-1/'
refused 's/"observed":\[/"observed":["CLOSED"/'
refused 's/"ignored":0/"ignored":0,"more":0/'

sample warn run
refused 's/"verdict":"warn"/"verdict":"fail"/'
refused 's/"level":"should"/"level":"must"/'
refused 's/"level":"choice"/"level":"taste"/'
refused 's/"clause":{"rfc":6298,/"clause":{/'
refused 's/"warnings":\[.*\],"breaches"/"warnings":[],"breaches"/'
sample fail rule
refused 's/"rule":"rfc/"rule":"rfd/'
refused 's/"verdict":"fail"/"verdict":"pass"/'
refused 's/"times":[0-9]*/"times":0/'
refused 's/"family":"ipv4","segment"/"segment"/'
refused 's/"runs"/"run"/'

# With a baseline: what is known, and a line for each entry that is gone.
"${top_builddir:-.}/tests/unit/sample_report" json "$scratch/samples.json" known || fail "the samples cannot be written"
validate "$scratch/samples.json" || fail "the samples with a baseline are not what the schema says"
[ "$(grep -c '"known":"' "$scratch/samples.json")" = 3 ] || fail "three known results were wanted"
grep -m 1 '"known":"' "$scratch/samples.json" >"$scratch/one.json"
refused 's/"known":"[^,]*,/"known":true,/'
sample pass run
refused 's/"known":null/"known":"why"/'
[ "$(grep -c '"kind":"gone"' "$scratch/samples.json")" = 2 ] || fail "two entries that are gone were wanted"
grep -m 1 '"kind":"gone"' "$scratch/samples.json" >"$scratch/one.json"
refused 's/"line":4/"line":0/'
refused 's/"ipv6"/"ipv5"/'
refused 's/"families":\[[^]]*\]/"families":[]/'
refused 's/"code":"gap",//'

if lab_possible; then
	write_waves
	play_waves --json "$scratch/run.json"
	validate "$scratch/run.json" || fail "the run's results are not what the schema says"
	[ "$(wc -l <"$scratch/run.json")" = 3 ] || fail "three results were wanted"
	"$FOURWAVE" run -q --json "$scratch/malformed.json" "$top_srcdir/scenarios/rfc/other-port.wave" >/dev/null 2>&1 ||
		fail "other-port does not pass"
	grep -q '"malformed":\[{"line":' "$scratch/malformed.json" || fail "what was malformed is not in the result"
	validate "$scratch/malformed.json" || fail "a malformed run's results are not what the schema says"
	"$FOURWAVE" judge -q --json "$scratch/judged.json" -r "$scratch/captures/fails-ipv4.pcap" \
		"$scratch/waves/fails.wave" >"$scratch/output" 2>&1
	validate "$scratch/judged.json" || fail "a judged capture's result is not what the schema says"

	schema=$top_srcdir/schema/fourwave-draw-1.schema.json
	for capture in "$scratch"/captures/*.pcap; do
		"$FOURWAVE" draw -q --json "$scratch/drawn.json" -r "$capture" >"$scratch/output" 2>&1
		validate "$scratch/drawn.json" || fail "$capture: what is drawn is not what the schema says"
	done
	"$FOURWAVE" draw -q --json "$scratch/one.json" -r "$scratch/captures/fails-ipv4.pcap" >"$scratch/output" 2>&1
	refused 's/"schema_version":1/"schema_version":2/'
	refused 's/"kind":"[a-z-]*"/"kind":"untidy"/'
	refused 's/"kind":"[a-z-]*"/"kind":"open"/'
	refused 's/"first":"client"/"first":"peer"/'
	refused 's/"first_fin":0/"first_fin":-1/'
	refused 's/"last_ack":0/"last_ack":0,"third_ack":0/'
	refused 's/"client":{"address":"[^"]*"/"client":{"address":"here"/'
	refused 's/"clauses":\[/"clauses":["",/'
	refused 's/"copies":0/"copies":0,"more":0/'
	refused 's/"begun":true,//'
else
	echo "no user namespaces here: only the samples were checked"
fi
finish
