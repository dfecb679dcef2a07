/* The lexer's beginning and end. */
#ifndef FW_SCANNER_H
#define FW_SCANNER_H

struct parser;

/* A lexer over p->source; never NULL. */
void *scanner_open(struct parser *p);
void scanner_close(void *scanner);

#endif
