dnl Flags that are used where the compiler and the linker take them.

dnl FW_TRY_FLAG(NAME, VARIABLE, FLAG [, PROLOGUE]): appends FLAG to the shell
dnl variable where a program compiles and links with it and nothing warns.
AC_DEFUN([FW_TRY_FLAG],
[AC_CACHE_CHECK([whether $3 is taken], [fw_cv_flag_$1],
	[fw_save_CFLAGS="$CFLAGS"
	CFLAGS="$CFLAGS -Werror $3"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[$4]], [[]])],
		[fw_cv_flag_$1=yes], [fw_cv_flag_$1=no])
	CFLAGS="$fw_save_CFLAGS"])
AS_IF([test "$fw_cv_flag_$1" = yes], [$2="$$2 $3"])])
