#!/bin/sh
# Each flag that --help shows is in the manual, and the other way round.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

perl "$top_srcdir/tests/project/manual.pl" flags "$FOURWAVE" "$top_srcdir"/man/fourwave.1
