# Makes a C source of files: what they hold as string literals, under the names they were given by.
function flush_file() {
	if (name != "")
		print "\t\t},"
}
BEGIN {
	print "/* clang-format off: made of files by data/embed.awk. */"
	print "#include \"base/embedded.h\"\n"
	print "const struct embedded embedded_files[] = {"
}
FNR == 1 {
	flush_file()
	name = FILENAME
	sub(/^data\//, "", name)
	print "\t{ \"" name "\","
}
{
	gsub(/[\\"]/, "\\\\&")
	print "\t  \"" $0 "\\n\""
}
END {
	flush_file()
	print "\t{ 0, 0 }\n};"
}
