/* The grammar of the scenario language. It says what may stand where and makes
 * the tree; what things mean, and whether they fit together, is the check's. */
%require "3.8"
%define api.pure full
%define api.prefix {parse_}
%define api.token.prefix {T_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%parse-param { struct parser *p } { void *scanner }
%lex-param { struct parser *p } { void *scanner }

%code requires {
#include "lang/parser.h"
}

%code provides {
/* The next token as the grammar sees it. lex.l has it. */
int parse_lex(union PARSE_STYPE *value, struct span *at, struct parser *p, void *scanner);
}

%code {
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <string.h>

#include <utlist.h>

#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(Current, Rhs, N) \
	((Current) = (N) ? span_join(&YYRHSLOC(Rhs, 1), &YYRHSLOC(Rhs, N)) : syntax_empty(&YYRHSLOC(Rhs, 0)))

/* A node of the tree, with these members. */
#define NODE(type, ...) arena_copy(p->arena, &(struct type){__VA_ARGS__}, sizeof(struct type))
#define STATEMENT(...) NODE(tree_statement, .kind = TREE_##__VA_ARGS__)
/* One with a name. */
#define NAMED(of, at, ...) STATEMENT(of, .name_span = at, .name = __VA_ARGS__)
#define SEGMENT(...) NODE(tree_segment, .span = __VA_ARGS__)
#define ATTR(name, ...) NODE(tree_attr, .kind = ATTR_##name, .span = __VA_ARGS__)
#define OPTION(...) NODE(tree_option, .span = __VA_ARGS__)
#define LITERAL(...) NODE(tree_value, .kind = VALUE_LITERAL, .span = __VA_ARGS__)
#define WORD(...) NODE(tree_value, .kind = VALUE_NAME, .span = __VA_ARGS__)
#define LEAF(of, ...) NODE(tree_expr, .size = 1, .kind = of, .span = __VA_ARGS__)

/* The list with one more at its end. */
#define ADD(to, list, node) \
	do { \
		(to) = (list); \
		DL_APPEND(to, node); \
	} while (0)

static void parse_error(const struct span *at, struct parser *p, void *scanner, const char *text);
}

%union {
	const char *text;
	struct literal literal;
	struct tree_expr *expr;
	struct tree_value *value;
	struct tree_field field;
	struct tree_pair *pair;
	struct tree_option *option;
	struct tree_attr *attr;
	struct tree_segment *segment;
	struct tree_statement *statement;
}

%token SEP "end of line" DOTDOT ".."
%token <literal> NUMBER "number" DECIMAL "decimal number"
%token <literal> DURATION "duration" PERCENT "percentage" STRING "string"
%token <text> NAME "name" DOTTED "number of the connection"
%token <text> LETTERS "name of capital letters" FLAGS "flags" SYSCTL_NAME "name of a sysctl"

/* Words: those that begin a statement, SCENARIO to PLAY, and the others, SEQ to ABS. parser_keyword() and
 * tests/project/vim.sh read them here. */
%token <text> SCENARIO "scenario" ROW "row" ROLE "role" RFC "rfc" CLAIM "claim" CONTROL "control"
%token <text> SYSCTL "sysctl" PARAM "param" FAMILY "family" TAKES "takes" STACK "stack" INCLUDE "include"
%token <text> BLOCK "block"
%token <text> OPEN "open" SEND "send" EXPECT "expect" SILENCE "silence" ALLOW "allow" FENCE "fence"
%token <text> INTERVAL "interval" PROVOKE "provoke" STATE "state" LEAVE "leave" REPEAT "repeat" PLAY "play"
%token <text> SEQ "seq" ACK "ack" WIN "win" LEN "len" TTL "ttl" URG "urg" ISS "iss" DATA "data" LOST "lost"
%token <text> AS "as" BADSUM "badsum" OFFSET "offset" FRAGMENT "fragment" OTHERPORT "otherport"
%token <text> FILTER "filter" WITHIN "within" AFTER "after" BETWEEN "between" AND "and" OF "of" ONE "one"
%token <text> RETRANSMIT "retransmit" COUNT "count" BACKOFF "backoff" FIRST "first" EXEMPT "exempt"
%token <text> GIVES "gives" UP "up" BUDGET "budget" TIMER "timer" OR "or" EXCEPT "except" NOTHING "nothing"
%token <text> NONE "none" OPTION "TCP option" OPTION_WORD "word of a TCP option" OPT "opt" HEX "hex"
%token <text> MUST "must" STATED "stated" SHOULD "should" CHOICE "choice" MAY "may" ABS "abs"

%precedence LEVEL /* a number behind it is its clause's, not the first of A:B(L) */
%precedence NUMBER
%left '+' '-'
%left '*'

%type <text> name plain keyword field_word letters level
%type <literal> constant
%type <expr> expr
%type <value> value item items word words clause clauses argument arguments argument_list
%type <value> parameter parameters parameter_list
%type <field> field
%type <pair> pair pairs
%type <option> option worded options option_list
%type <attr> attr attrs filter timing timings open_item open_items series_item series_items
%type <attr> state_item state_items
%type <segment> segment segments alternatives exceptions
%type <statement> statement statements header step

%%

file: statements { p->statements = $1; };

statements:
  %empty		{ $$ = NULL; }
| statements SEP
| statements statement SEP	{ $2->span = @2; ADD($$, $1, $2); }
| statements error SEP	{ $$ = $1; yyerrok; }
;

statement: header | step;

header:
  SCENARIO STRING	{ $$ = STATEMENT(SCENARIO, .values = LITERAL(@2, .literal = $2)); }
| ROW value		{ $$ = STATEMENT(ROW, .values = $2); }
| ROLE items		{ $$ = STATEMENT(ROLE, .values = $2); }
| RFC clauses		{ $$ = STATEMENT(RFC, .values = $2); }
| CLAIM STRING		{ $$ = STATEMENT(CLAIM, .values = LITERAL(@2, .literal = $2)); }
| CONTROL STRING	{ $$ = STATEMENT(CONTROL, .values = LITERAL(@2, .literal = $2)); }
| SYSCTL SYSCTL_NAME '=' value { $$ = NAMED(SYSCTL, @2, $2, .values = $4); }
| PARAM plain '=' value { $$ = NAMED(PARAM, @2, $2, .values = $4); }
| FAMILY item		{ $$ = STATEMENT(FAMILY, .values = $2); }
| TAKES value		{ $$ = STATEMENT(TAKES, .values = $2); }
| STACK words		{ $$ = STATEMENT(STACK, .values = $2); }
| INCLUDE STRING	{ $$ = STATEMENT(INCLUDE, .values = LITERAL(@2, .literal = $2)); }
| BLOCK plain parameters '{' statements '}'
	{ $$ = NAMED(BLOCK, @2, $2, .values = $3, .body = $5); }
;

step:
  OPEN open_items	{ $$ = STATEMENT(OPEN, .attrs = $2); }
| SEND segment		{ $$ = STATEMENT(SEND, .segments = $2); }
| EXPECT segment /* its times stand among the segment's attributes */
	{ $$ = STATEMENT(EXPECT, .segments = $2, .attrs = $2->attrs); }
| EXPECT ONE OF '{' alternatives '}' timings
	{ $$ = STATEMENT(ONE_OF, .segments = $5, .attrs = $7); }
| EXPECT RETRANSMIT name series_items { $$ = NAMED(RETRANSMIT, @3, $3, .attrs = $4); }
| EXPECT RETRANSMIT name AND word series_items { $$ = NAMED(RETRANSMIT, @3, $3, .values = $5, .attrs = $6); }
| SILENCE value timings exceptions
	{ $$ = STATEMENT(SILENCE, .values = $2, .segments = $4, .attrs = $3); }
| ALLOW segments	{ $$ = STATEMENT(ALLOW, .segments = $2); }
| ALLOW '{' alternatives '}' { $$ = STATEMENT(ALLOW, .segments = $3); }
| ALLOW NOTHING		{ $$ = STATEMENT(ALLOW); }
| FENCE timings		{ $$ = STATEMENT(FENCE, .attrs = $2); }
| INTERVAL word word timings
	{ $2->next = $3; $$ = STATEMENT(INTERVAL, .values = $2, .attrs = $4); }
| PROVOKE items		{ $$ = STATEMENT(PROVOKE, .values = $2); }
| STATE words state_items	{ $$ = STATEMENT(STATE, .values = $2, .attrs = $3); }
| LEAVE			{ $$ = STATEMENT(LEAVE); }
| REPEAT value '{' statements '}' { $$ = STATEMENT(REPEAT, .values = $2, .body = $4); }
| PLAY plain arguments	{ $$ = NAMED(PLAY, @2, $2, .values = $3); }
;

clauses:
  clause		{ ADD($$, NULL, $1); }
| clauses ',' clause	{ ADD($$, $1, $3); }
;

clause:
  NUMBER		{ $$ = LITERAL(@1, .literal = $1); }
| NUMBER STRING		{ $$ = LITERAL(@1, .literal = $1, .name = $2.text); }
| NUMBER STRING level	{ $$ = LITERAL(@1, .literal = $1, .name = $2.text, .word = $3); }
;

level: MUST | STATED | SHOULD | MAY;

parameters:
  %empty		{ $$ = NULL; }
| '(' ')'		{ $$ = NULL; }
| '(' parameter_list ')'	{ $$ = $2; }
;

parameter_list:
  parameter		{ ADD($$, NULL, $1); }
| parameter_list ',' parameter	{ ADD($$, $1, $3); }
;

parameter: plain { $$ = WORD(@1, .name = $1); };

arguments:
  %empty		{ $$ = NULL; }
| '(' ')'		{ $$ = NULL; }
| '(' argument_list ')'	{ $$ = $2; }
;

argument_list:
  argument		{ ADD($$, NULL, $1); }
| argument_list ',' argument	{ ADD($$, $1, $3); }
;

argument:
  expr			{ $$ = tree_argument(p, $1); }
| constant		{ $$ = LITERAL(@1, .literal = $1); }
| keyword		{ $$ = WORD(@1, .name = $1); }
;

words:
  word			{ ADD($$, NULL, $1); }
| words OR word		{ ADD($$, $1, $3); }
;

word: name { $$ = WORD(@1, .name = $1); };

/* --- segments --- */

segments:
  segment		{ ADD($$, NULL, $1); }
| segments ',' segment	{ ADD($$, $1, $3); }
;

alternatives:
  %empty		{ $$ = NULL; }
| alternatives SEP
| alternatives segment SEP	{ ADD($$, $1, $2); }
| alternatives error SEP	{ $$ = $1; yyerrok; }
;

exceptions:
  %empty		{ $$ = NULL; }
| EXCEPT segments	{ $$ = $2; }
| EXCEPT '{' alternatives '}' { $$ = $3; }
;

segment:
  letters attrs
	{ $$ = SEGMENT(@$, .form = TREE_FLAGS_LETTERS, .flags = $1, .flags_span = @1, .attrs = $2); }
| NONE attrs		{ $$ = SEGMENT(@$, .form = TREE_FLAGS_NONE, .flags_span = @1, .attrs = $2); }
| '*' attrs		{ $$ = SEGMENT(@$, .form = TREE_FLAGS_ANY, .flags_span = @1, .attrs = $2); }
| filter attrs
	{ DL_PREPEND($2, $1); $$ = SEGMENT(@$, .form = TREE_FLAGS_ANY, .flags_span = @1, .attrs = $2); }
;

letters: FLAGS | LETTERS;

filter: FILTER STRING { $$ = ATTR(FILTER, @$, .a = LITERAL(@2, .literal = $2)); };

attrs:
  %empty		{ $$ = NULL; }
| attrs attr		{ ADD($$, $1, $2); }
;

attr:
  field_word field	{ $$ = NODE(tree_attr, .kind = tree_field_kind($1), .span = @$, .field = $2); }
| expr ':' expr '(' expr ')'	{ $$ = ATTR(SPAN, @$, .begin = $1, .end = $3, .length = $5); }
| '<' options '>'	{ $$ = ATTR(OPTIONS, @$, .options = $2); }
| STRING		{ $$ = ATTR(PAYLOAD, @$, .a = LITERAL(@1, .literal = $1)); }
| NAME
	{ $$ = ATTR(PAYLOAD, @$, .a = WORD(@1, .name = $1));
	  if (!p->bare) { p->bare_span = @1; p->bare = $1; } }
| LOST			{ $$ = ATTR(LOST, @$); }
| AS name		{ $$ = ATTR(AS, @$, .name = $2); }
| BADSUM		{ $$ = ATTR(BADSUM, @$); }
| OTHERPORT		{ $$ = ATTR(OTHERPORT, @$); }
| filter
| timing
;

field_word: SEQ | ACK | WIN | LEN | TTL | URG | OFFSET | FRAGMENT | DATA;

field:
  '*'			{ $$ = (struct tree_field){ TREE_FIELD_ANY, @$, NULL, NULL }; }
| expr			{ $$ = (struct tree_field){ TREE_FIELD_VALUE, @$, $1, NULL }; }
| expr DOTDOT expr	{ $$ = (struct tree_field){ TREE_FIELD_RANGE, @$, $1, $3 }; }
;

timing:
  WITHIN value		{ $$ = ATTR(WITHIN, @$, .a = $2); }
| AFTER value		{ $$ = ATTR(AFTER, @$, .a = $2); }
| BETWEEN value AND value	{ $$ = ATTR(BETWEEN, @$, .a = $2, .b = $4); }
| BETWEEN value		{ $$ = ATTR(BETWEEN, @$, .a = $2); }
| OF name		{ $$ = ATTR(OF, @$, .name = $2); }
| level %prec LEVEL	{ $$ = ATTR(LEVEL, @$, .name = $1); }
| level NUMBER STRING
	{ $$ = ATTR(LEVEL, @$, .name = $1, .a = LITERAL(@2, .literal = $2, .name = $3.text)); }
| CHOICE plain		{ $$ = ATTR(LEVEL, @$, .name = $1, .a = WORD(@2, .name = $2)); }
| CHOICE plain '=' word	{ $$ = ATTR(LEVEL, @$, .name = $1, .a = WORD(@2, .name = $2), .b = $4); }
;

timings:
  %empty		{ $$ = NULL; }
| timings timing	{ ADD($$, $1, $2); }
;

open_items:
  %empty		{ $$ = NULL; }
| open_items open_item	{ ADD($$, $1, $2); }
;

open_item:
  ISS field		{ $$ = ATTR(ISS, @$, .field = $2); }
| WIN field		{ $$ = ATTR(WIN, @$, .field = $2); }
| '<' options '>'	{ $$ = ATTR(OPTIONS, @$, .options = $2); }
| timing
;

series_items:
  %empty		{ $$ = NULL; }
| series_items series_item	{ ADD($$, $1, $2); }
;

series_item:
  LOST			{ $$ = ATTR(LOST, @$); }
| COUNT value		{ $$ = ATTR(COUNT, @$, .a = $2); }
| COUNT value DOTDOT	{ $$ = ATTR(COUNT, @$, .a = $2, .open = true); }
| COUNT value DOTDOT value	{ $$ = ATTR(COUNT, @$, .a = $2, .b = $4); }
| BACKOFF value '+' '-' value	{ $$ = ATTR(BACKOFF, @$, .a = $2, .b = $5, .c = $5); }
| BACKOFF value '+' value '-' value	{ $$ = ATTR(BACKOFF, @$, .a = $2, .b = $4, .c = $6); }
| BACKOFF value '+' value '/' '-' value	{ $$ = ATTR(BACKOFF, @$, .a = $2, .b = $4, .c = $7); }
| FIRST value DOTDOT value	{ $$ = ATTR(FIRST, @$, .a = $2, .b = $4); }
| FIRST value		{ $$ = ATTR(FIRST, @$, .a = $2); }
| FIRST EXEMPT		{ $$ = ATTR(FIRST, @$, .exempt = true); }
| GIVES UP		{ $$ = ATTR(GIVES_UP, @$); }
| BUDGET value		{ $$ = ATTR(BUDGET, @$, .a = $2); }
| timing
;

state_items:
  %empty		{ $$ = NULL; }
| state_items state_item	{ ADD($$, $1, $2); }
;

state_item:
  TIMER value DOTDOT value	{ $$ = ATTR(TIMER, @$, .a = $2, .b = $4); }
| TIMER value		{ $$ = ATTR(TIMER, @$, .a = $2); }
| timing
;

/* --- options --- */

options:
  %empty		{ $$ = NULL; }
| option_list
;

option_list:
  option		{ ADD($$, NULL, $1); }
| option_list ',' option	{ ADD($$, $1, $3); }
;

option:
  OPTION		{ $$ = OPTION(@$, .name = $1); }
| OPTION field		{ $$ = OPTION(@$, .name = $1); tree_option_value($$, NULL, &$2); }
| worded		{ $$ = $1; $$->span = @$; }
| OPTION '{' pairs '}'	{ $$ = OPTION(@$, .name = $1, .pairs = $3); }
| OPT value		{ $$ = OPTION(@$, .number = $2); }
| OPT value LEN value	{ $$ = OPTION(@$, .number = $2, .length = $4); }
| OPT value LEN value HEX value	{ $$ = OPTION(@$, .number = $2, .length = $4, .hex = $6); }
| OPT value HEX value	{ $$ = OPTION(@$, .number = $2, .hex = $4); }
| '*'			{ $$ = OPTION(@$, .rest = true); }
;

/* Each value behind its word. */
worded:
  OPTION OPTION_WORD field	{ $$ = OPTION(@$, .name = $1); tree_option_value($$, $2, &$3); }
| worded OPTION_WORD field	{ $$ = $1; tree_option_value($$, $2, &$3); }
;

pairs:
  pair			{ ADD($$, NULL, $1); }
| pairs pair		{ ADD($$, $1, $2); }
;

pair: expr ':' expr { $$ = NODE(tree_pair, .left = $1, .right = $3); };

/* --- expressions, values and names --- */

expr:
  expr '+' expr		{ $$ = tree_binary(p, TREE_ADD, &@$, $1, $3); }
| expr '-' expr		{ $$ = tree_binary(p, TREE_SUB, &@$, $1, $3); }
| expr '*' expr		{ $$ = tree_binary(p, TREE_MUL, &@$, $1, $3); }
| '(' expr ')'		{ $$ = $2; }
| ABS '(' expr ')'	{ $$ = tree_binary(p, TREE_ABS, &@$, $3, NULL); }
| NUMBER		{ $$ = LEAF(TREE_NUMBER, @$, .number = $1.number); }
| NAME			{ $$ = LEAF(TREE_NAME, @$, .name = $1); }
| LETTERS		{ $$ = LEAF(TREE_NAME, @$, .name = $1); }
| ISS			{ $$ = LEAF(TREE_NAME, @$, .name = $1); }
| DOTTED		{ $$ = LEAF(TREE_DOTTED, @$, .name = $1); }
;

value:
  NUMBER		{ $$ = LITERAL(@1, .literal = $1); }
| constant		{ $$ = LITERAL(@1, .literal = $1); }
| plain			{ $$ = WORD(@1, .name = $1); }
| DOTTED		{ $$ = WORD(@1, .name = $1); }
;

constant: DECIMAL | DURATION | PERCENT | STRING;

item:
  value
| keyword		{ $$ = WORD(@1, .name = $1); }
| ISS			{ $$ = WORD(@1, .name = $1); }
;

items:
  item			{ ADD($$, NULL, $1); }
| items item		{ ADD($$, $1, $2); }
;

plain: NAME | LETTERS;

name: plain | keyword | ISS;

/* A segment's name may be a word of the language, as in "as data": where a
 * name must stand no keyword can. */
keyword:
  SEQ | ACK | WIN | LEN | TTL | URG | DATA | LOST | AS | BADSUM | OFFSET | FRAGMENT | OTHERPORT
| FILTER | WITHIN | AFTER | BETWEEN | AND | OF
| ONE | RETRANSMIT | COUNT | BACKOFF | FIRST | EXEMPT | GIVES | UP | BUDGET | TIMER | OR | EXCEPT | NOTHING
| NONE
| OPTION | OPTION_WORD | OPT | HEX | level | CHOICE | ABS
;

%%

static void parse_error(const struct span *at, struct parser *p, void *scanner, const char *text)
{
	(void)scanner;
	(void)text; /* the parser's own limit was met: nothing else comes here */
	messages_error(p->messages, at, "nested too deep");
	p->failed = true;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *p, void *scanner)
{
	yysymbol_kind_t expected[SYNTAX_EXPECTED_MAX];
	const char *names[SYNTAX_EXPECTED_MAX];
	int count = yypcontext_expected_tokens(context, expected, SYNTAX_EXPECTED_MAX);
	yysymbol_kind_t token = yypcontext_token(context);

	(void)scanner;
	for (int i = 0; i < count; i++)
		names[i] = yysymbol_name(expected[i]);
	syntax_report(p, yypcontext_location(context),
	              token == YYSYMBOL_YYEMPTY ? NULL : yysymbol_name(token), names,
	              count > 0 ? (size_t)count : 0);
	return 0;
}

int parser_keyword(const char *word, bool at_start)
{
	for (int token = at_start ? T_SCENARIO : T_SEQ; token <= T_ABS; token++)
		if (strcmp(yysymbol_name(YYTRANSLATE(token)), word) == 0)
			return token;
	return syntax_option_word(word);
}
