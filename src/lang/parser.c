/* Runs lexer and grammar over one source. */
#include "lang/parser.h"

#include "lang/parse.h"
#include "lang/scanner.h"

bool parser_run(struct arena *a, struct messages *m, struct source *source, struct tree_file *out)
{
	struct parser p = {
	    .arena = a,
	    .messages = m,
	    .source = source,
	    .line = 1,
	    .column = 1,
	    .at_start = true,
	    .last = T_SEP,
	};
	void *scanner = scanner_open(&p);
	int result = parse_parse(&p, scanner);

	scanner_close(scanner);
	out->source = source;
	out->statements = p.statements;
	return result == 0 && !p.failed;
}
