#!/bin/sh
# Each scenario and command of the manual is extracted and run. HACKING.md says
# how an example is marked.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

lab=no
if lab_possible; then
	lab=yes
else
	echo "no user namespaces here: what needs the lab is not run"
fi
mkdir "$scratch/bin" "$scratch/examples" || exit 99
ln -s "$FOURWAVE" "$scratch/bin/fourwave"
ln -s "$top_srcdir/scenarios" "$scratch/examples/scenarios"
PATH=$scratch/bin:$PATH
export PATH
cd "$scratch/examples" || exit 99
perl "$top_srcdir/tests/project/manual.pl" examples "$lab" "$top_srcdir"/man/*.[1-9]
