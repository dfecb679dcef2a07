dnl What configure looks for and does not find is gathered, so that one run
dnl tells everything that is missing, with one line that installs it.

dnl FW_MISSING(WHAT, PACKAGES): remembers that WHAT was not found, and that
dnl these Debian packages hold it.
AC_DEFUN([FW_MISSING],
[fw_missing="$fw_missing
  $1"
fw_packages="$fw_packages $2"])

dnl FW_LIBRARY(PREFIX, MODULES, WHAT, PACKAGES): a library that pkg-config knows.
AC_DEFUN([FW_LIBRARY],
[AS_IF([test -n "$PKG_CONFIG"],
	[PKG_CHECK_MODULES([$1], [$2], [], [FW_MISSING([$3], [$4])])])])

dnl FW_MISSING_END: stops where something was missing.
AC_DEFUN([FW_MISSING_END],
[AS_IF([test -n "$fw_missing"],
	[AC_MSG_ERROR([not everything that fourwave needs was found.$fw_missing
On Debian, as root: apt-get install --no-install-recommends$fw_packages
(scripts/setup installs all that is missing.)])])])
