/* What the lexer offers to the parser, and the words that it knows. */
#ifndef FW_LEXER_H
#define FW_LEXER_H

#include <stdbool.h>
#include <stddef.h>

/* The token of a keyword, 0 where the word is none. at_start: it is the first of its statement. */
int lexer_keyword(const char *word, bool at_start);

/* Any keyword that does not begin a statement, and so cannot be a param's name. */
bool lexer_is_reserved(const char *word);

#endif
