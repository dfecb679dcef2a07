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
#include "lang/build.h"
}

%code {
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "lang/syntax.h"

#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(Current, Rhs, N) \
	((Current) = (N) ? span_join(&YYRHSLOC(Rhs, 1), &YYRHSLOC(Rhs, N)) : syntax_empty(&YYRHSLOC(Rhs, 0)))

int parse_lex(union PARSE_STYPE *value, struct span *at, struct parser *p, void *scanner);
static void parse_error(const struct span *at, struct parser *p, void *scanner, const char *text);
}

%union {
	const char *text;
	struct literal literal;
	struct tree_expr *expr;
	struct tree_value *value;
	struct value_list values;
	struct tree_field field;
	struct pair_list pairs;
	struct tree_option *option;
	struct option_list options;
	struct tree_attr *attr;
	struct attr_list attrs;
	struct tree_segment *segment;
	struct segment_list segments;
	struct tree_statement *statement;
	struct statement_list statements;
}

%token SEP "end of line"
%token <literal> NUMBER "number" DECIMAL "decimal number"
%token <literal> DURATION "duration" PERCENT "percentage" STRING "string"
%token <text> NAME "name" DOTTED "number of the connection"
%token <text> LETTERS "name of capital letters" FLAGS "flags" SYSCTL_NAME "name of a sysctl"
%token DOTDOT ".."
%token <text> SCENARIO "scenario" ROW "row" ROLE "role"
%token <text> RFC "rfc" CLAIM "claim" CONTROL "control" SYSCTL "sysctl"
%token <text> PARAM "param" FAMILY "family" TAKES "takes" INCLUDE "include" BLOCK "block"
%token <text> OPEN "open" SEND "send" EXPECT "expect" SILENCE "silence" ALLOW "allow" FENCE "fence"
%token <text> INTERVAL "interval" PROVOKE "provoke" STATE "state" LEAVE "leave" REPEAT "repeat" PLAY "play"
%token <text> SEQ "seq" ACK "ack" WIN "win" LEN "len" TTL "ttl"
%token <text> URG "urg" ISS "iss" DATA "data" LOST "lost" AS "as"
%token <text> BADSUM "badsum" OFFSET "offset" FRAGMENT "fragment" OTHERPORT "otherport"
%token <text> FILTER "filter" WITHIN "within"
%token <text> AFTER "after" BETWEEN "between" AND "and" OF "of"
%token <text> ONE "one" RETRANSMIT "retransmit" COUNT "count" BACKOFF "backoff" FIRST "first" EXEMPT "exempt"
%token <text> GIVES "gives" UP "up" BUDGET "budget" TIMER "timer"
%token <text> OR "or" EXCEPT "except" NOTHING "nothing" NONE "none"
%token <text> OPTION "TCP option" OPTION_WORD "word of a TCP option"
%token <text> OPT "opt" HEX "hex" ABS "abs"

%left '+' '-'
%left '*'

%type <text> name plain keyword field_word
%type <expr> expr
%type <value> value item argument clause parameter
%type <values> items clauses arguments argument_list parameters parameter_list states
%type <field> field
%type <pairs> pairs
%type <option> option worded
%type <options> options option_list
%type <attr> attr timing open_item series_item
%type <attrs> attrs timings open_items series_items state_items
%type <segment> segment
%type <segments> segments alternatives exceptions
%type <statement> statement header step
%type <statements> statements

%%

file:
  statements
	{ p->statements = $1.first; }
;

statements:
  %empty
	{ $$ = (struct statement_list){ 0 }; }
| statements SEP
	{ $$ = $1; p->has_bare = false; }
| statements statement SEP
	{ $$ = $1; build_append_statement(&$$, $2); p->has_bare = false; }
| statements error SEP
	{ $$ = $1; p->has_bare = false; yyerrok; }
;

statement:
  header
	{ $$ = $1; $$->span = @$; }
| step
	{ $$ = $1; $$->span = @$; }
;

header:
  SCENARIO STRING
	{ $$ = build_one(p, TREE_SCENARIO, build_literal(p, &@2, &$2)); }
| ROW value
	{ $$ = build_one(p, TREE_ROW, $2); }
| ROLE items
	{ $$ = build_statement(p, TREE_ROLE, &$2); }
| RFC clauses
	{ $$ = build_statement(p, TREE_RFC, &$2); }
| CLAIM STRING
	{ $$ = build_one(p, TREE_CLAIM, build_literal(p, &@2, &$2)); }
| CONTROL STRING
	{ $$ = build_one(p, TREE_CONTROL, build_literal(p, &@2, &$2)); }
| SYSCTL SYSCTL_NAME '=' value
	{ $$ = build_one(p, TREE_SYSCTL, $4); build_name($$, $2, &@2); }
| PARAM plain '=' value
	{ $$ = build_one(p, TREE_PARAM, $4); build_name($$, $2, &@2); }
| FAMILY item
	{ $$ = build_one(p, TREE_FAMILY, $2); }
| TAKES value
	{ $$ = build_one(p, TREE_TAKES, $2); }
| INCLUDE STRING
	{ $$ = build_one(p, TREE_INCLUDE, build_literal(p, &@2, &$2)); }
| BLOCK plain parameters '{' statements '}'
	{ $$ = build_statement(p, TREE_BLOCK, &$3);
	  build_name($$, $2, &@2); $$->body = $5.first; }
;

step:
  OPEN open_items
	{ $$ = build_step(p, TREE_OPEN, NULL, &$2); }
| SEND segment
	{ $$ = build_send(p, $2); }
| EXPECT segment
	{ $$ = build_expect(p, $2); }
| EXPECT ONE OF '{' alternatives '}' timings
	{ $$ = build_step(p, TREE_ONE_OF, &$5, &$7); }
| EXPECT RETRANSMIT name series_items
	{ $$ = build_step(p, TREE_RETRANSMIT, NULL, &$4);
	  build_name($$, $3, &@3); }
| EXPECT RETRANSMIT name AND name series_items
	{ $$ = build_step(p, TREE_RETRANSMIT, NULL, &$6);
	  build_name($$, $3, &@3);
	  $$->values = build_word(p, &@5, $5); }
| SILENCE value exceptions
	{ $$ = build_step(p, TREE_SILENCE, &$3, NULL); $$->values = $2; }
| ALLOW segments
	{ $$ = build_step(p, TREE_ALLOW, &$2, NULL); }
| ALLOW '{' alternatives '}'
	{ $$ = build_step(p, TREE_ALLOW, &$3, NULL); }
| ALLOW NOTHING
	{ $$ = build_step(p, TREE_ALLOW, NULL, NULL); }
| FENCE timings
	{ $$ = build_step(p, TREE_FENCE, NULL, &$2); }
| INTERVAL name name timings
	{ $$ = build_step(p, TREE_INTERVAL, NULL, &$4);
	  $$->values = build_two_names(p, &@2, $2, &@3, $3); }
| PROVOKE items
	{ $$ = build_statement(p, TREE_PROVOKE, &$2); }
| STATE states state_items
	{ $$ = build_statement(p, TREE_STATE, &$2); $$->attrs = $3.first; }
| LEAVE
	{ $$ = build_one(p, TREE_LEAVE, NULL); }
| REPEAT value '{' statements '}'
	{ $$ = build_one(p, TREE_REPEAT, $2); $$->body = $4.first; }
| PLAY plain arguments
	{ $$ = build_statement(p, TREE_PLAY, &$3); build_name($$, $2, &@2); }
;

clauses:
  clause
	{ $$ = (struct value_list){ 0 }; build_append_value(&$$, $1); }
| clauses ',' clause
	{ $$ = $1; build_append_value(&$$, $3); }
;

clause:
  NUMBER
	{ $$ = build_literal(p, &@1, &$1); }
| NUMBER STRING
	{ $$ = build_clause(p, &@1, &$1, &$2); }
;

parameters:
  %empty
	{ $$ = (struct value_list){ 0 }; }
| '(' ')'
	{ $$ = (struct value_list){ 0 }; }
| '(' parameter_list ')'
	{ $$ = $2; }
;

parameter_list:
  parameter
	{ $$ = (struct value_list){ 0 }; build_append_value(&$$, $1); }
| parameter_list ',' parameter
	{ $$ = $1; build_append_value(&$$, $3); }
;

parameter:
  plain
	{ $$ = build_word(p, &@1, $1); }
;

arguments:
  %empty
	{ $$ = (struct value_list){ 0 }; }
| '(' ')'
	{ $$ = (struct value_list){ 0 }; }
| '(' argument_list ')'
	{ $$ = $2; }
;

argument_list:
  argument
	{ $$ = (struct value_list){ 0 }; build_append_value(&$$, $1); }
| argument_list ',' argument
	{ $$ = $1; build_append_value(&$$, $3); }
;

argument:
  expr
	{ $$ = build_argument(p, $1); }
| DECIMAL
	{ $$ = build_literal(p, &@1, &$1); }
| DURATION
	{ $$ = build_literal(p, &@1, &$1); }
| PERCENT
	{ $$ = build_literal(p, &@1, &$1); }
| STRING
	{ $$ = build_literal(p, &@1, &$1); }
| keyword
	{ $$ = build_word(p, &@1, $1); }
;

states:
  name
	{ $$ = (struct value_list){ 0 };
	  build_append_value(&$$, build_word(p, &@1, $1)); }
| states OR name
	{ $$ = $1; build_append_value(&$$, build_word(p, &@3, $3)); }
;

state_items:
  %empty
	{ $$ = (struct attr_list){ 0 }; }
| state_items timing
	{ $$ = $1; build_append_attr(&$$, $2); }
| state_items TIMER value DOTDOT value
	{ $$ = $1; struct span at = span_join(&@2, &@5);
	  build_append_attr(&$$, build_attr(p, ATTR_TIMER, &at, $3, $5)); }
;

/* --- segments --- */

segments:
  segment
	{ $$ = (struct segment_list){ 0 }; build_append_segment(&$$, $1); }
| segments ',' segment
	{ $$ = $1; build_append_segment(&$$, $3); }
;

alternatives:
  %empty
	{ $$ = (struct segment_list){ 0 }; }
| alternatives SEP
	{ $$ = $1; p->has_bare = false; }
| alternatives segment SEP
	{ $$ = $1; build_append_segment(&$$, $2); p->has_bare = false; }
| alternatives error SEP
	{ $$ = $1; p->has_bare = false; yyerrok; }
;

exceptions:
  %empty
	{ $$ = (struct segment_list){ 0 }; }
| EXCEPT segments
	{ $$ = $2; }
| EXCEPT '{' alternatives '}'
	{ $$ = $3; }
;

segment:
  FLAGS attrs
	{ $$ = build_segment(p, &@$, &@1, $1, &$2); }
| LETTERS attrs
	{ $$ = build_segment(p, &@$, &@1, $1, &$2); }
| NONE attrs
	{ $$ = build_segment(p, &@$, &@1, NULL, &$2); $$->form = TREE_FLAGS_NONE; }
| '*' attrs
	{ $$ = build_segment(p, &@$, &@1, NULL, &$2); }
| FILTER STRING attrs
	{ $$ = build_filter_segment(p, &@$, &@1, &@2, &$2, &$3); }
;

attrs:
  %empty
	{ $$ = (struct attr_list){ 0 }; }
| attrs attr
	{ $$ = $1; build_append_attr(&$$, $2); }
| attrs timing
	{ $$ = $1; build_append_attr(&$$, $2); }
;

attr:
  field_word field
	{ $$ = build_field_attr(p, $1, &@$, &$2); }
| expr ':' expr '(' expr ')'
	{ $$ = build_span_attr(p, &@$, $1, $3, $5); }
| '<' options '>'
	{ $$ = build_attr(p, ATTR_OPTIONS, &@$, NULL, NULL); $$->options = $2.first; }
| STRING
	{ $$ = build_attr(p, ATTR_PAYLOAD, &@$, build_literal(p, &@1, &$1), NULL); }
| NAME
	{ $$ = build_attr(p, ATTR_PAYLOAD, &@$, build_word(p, &@1, $1), NULL);
	  if (!p->has_bare) { p->has_bare = true; p->bare_span = @1; p->bare = $1; } }
| LOST
	{ $$ = build_attr(p, ATTR_LOST, &@$, NULL, NULL); }
| AS name
	{ $$ = build_attr(p, ATTR_AS, &@$, NULL, NULL); $$->name = $2; }
| BADSUM
	{ $$ = build_attr(p, ATTR_BADSUM, &@$, NULL, NULL); }
| OTHERPORT
	{ $$ = build_attr(p, ATTR_OTHERPORT, &@$, NULL, NULL); }
| FILTER STRING
	{ $$ = build_attr(p, ATTR_FILTER, &@$, build_literal(p, &@2, &$2), NULL); }
;

field_word: SEQ | ACK | WIN | LEN | TTL | URG | OFFSET | FRAGMENT | DATA;

field:
  '*'
	{ $$ = (struct tree_field){ TREE_FIELD_ANY, @$, NULL, NULL }; }
| expr
	{ $$ = (struct tree_field){ TREE_FIELD_VALUE, @$, $1, NULL }; }
| expr DOTDOT expr
	{ $$ = (struct tree_field){ TREE_FIELD_RANGE, @$, $1, $3 }; }
;

timing:
  WITHIN value
	{ $$ = build_attr(p, ATTR_WITHIN, &@$, $2, NULL); }
| AFTER value
	{ $$ = build_attr(p, ATTR_AFTER, &@$, $2, NULL); }
| BETWEEN value AND value
	{ $$ = build_attr(p, ATTR_BETWEEN, &@$, $2, $4); }
| OF name
	{ $$ = build_attr(p, ATTR_OF, &@$, NULL, NULL); $$->name = $2; }
;

timings:
  %empty
	{ $$ = (struct attr_list){ 0 }; }
| timings timing
	{ $$ = $1; build_append_attr(&$$, $2); }
;

open_items:
  %empty
	{ $$ = (struct attr_list){ 0 }; }
| open_items open_item
	{ $$ = $1; build_append_attr(&$$, $2); }
| open_items timing
	{ $$ = $1; build_append_attr(&$$, $2); }
;

open_item:
  ISS field
	{ $$ = build_field_attr(p, $1, &@$, &$2); }
| WIN field
	{ $$ = build_field_attr(p, $1, &@$, &$2); }
| '<' options '>'
	{ $$ = build_attr(p, ATTR_OPTIONS, &@$, NULL, NULL); $$->options = $2.first; }
;

series_items:
  %empty
	{ $$ = (struct attr_list){ 0 }; }
| series_items series_item
	{ $$ = $1; build_append_attr(&$$, $2); }
| series_items timing
	{ $$ = $1; build_append_attr(&$$, $2); }
;

series_item:
  LOST
	{ $$ = build_attr(p, ATTR_LOST, &@$, NULL, NULL); }
| COUNT value
	{ $$ = build_attr(p, ATTR_COUNT, &@$, $2, NULL); }
| COUNT value DOTDOT
	{ $$ = build_attr(p, ATTR_COUNT, &@$, $2, NULL); $$->open = true; }
| COUNT value DOTDOT value
	{ $$ = build_attr(p, ATTR_COUNT, &@$, $2, $4); }
| BACKOFF value '+' '-' value
	{ $$ = build_backoff(p, &@$, $2, $5, $5); }
| BACKOFF value '+' value '-' value
	{ $$ = build_backoff(p, &@$, $2, $4, $6); }
| BACKOFF value '+' value '/' '-' value
	{ $$ = build_backoff(p, &@$, $2, $4, $7); }
| FIRST value DOTDOT value
	{ $$ = build_attr(p, ATTR_FIRST, &@$, $2, $4); }
| FIRST EXEMPT
	{ $$ = build_attr(p, ATTR_FIRST, &@$, NULL, NULL); $$->exempt = true; }
| GIVES UP
	{ $$ = build_attr(p, ATTR_GIVES_UP, &@$, NULL, NULL); }
| BUDGET value
	{ $$ = build_attr(p, ATTR_BUDGET, &@$, $2, NULL); }
;

/* --- options --- */

options:
  %empty
	{ $$ = (struct option_list){ 0 }; }
| option_list
	{ $$ = $1; }
;

option_list:
  option
	{ $$ = (struct option_list){ 0 }; build_append_option(&$$, $1); }
| option_list ',' option
	{ $$ = $1; build_append_option(&$$, $3); }
;

option:
  OPTION
	{ $$ = build_option(p, &@$, $1); }
| OPTION field
	{ $$ = build_option(p, &@$, $1); build_option_value($$, NULL, &$2); }
| worded
	{ $$ = $1; $$->span = @$; }
| OPTION '{' pairs '}'
	{ $$ = build_option(p, &@$, $1); $$->pairs = $3.first; }
| OPT value
	{ $$ = build_option(p, &@$, NULL); $$->number = $2; }
| OPT value LEN value
	{ $$ = build_option(p, &@$, NULL);
	  $$->number = $2; $$->length = $4; }
| OPT value LEN value HEX value
	{ $$ = build_option(p, &@$, NULL);
	  $$->number = $2; $$->length = $4; $$->hex = $6; }
| OPT value HEX value
	{ $$ = build_option(p, &@$, NULL);
	  $$->number = $2; $$->hex = $4; }
| '*'
	{ $$ = build_option(p, &@$, NULL); $$->rest = true; }
;

/* Each value behind its word. */
worded:
  OPTION OPTION_WORD field
	{ $$ = build_option(p, &@$, $1); build_option_value($$, $2, &$3); }
| worded OPTION_WORD field
	{ $$ = $1; build_option_value($$, $2, &$3); }
;

pairs:
  expr ':' expr
	{ $$ = (struct pair_list){ 0 }; build_append_pair(p, &$$, $1, $3); }
| pairs expr ':' expr
	{ $$ = $1; build_append_pair(p, &$$, $2, $4); }
;

/* --- expressions, values and names --- */

expr:
  expr '+' expr
	{ $$ = build_binary(p, TREE_ADD, &@$, $1, $3); }
| expr '-' expr
	{ $$ = build_binary(p, TREE_SUB, &@$, $1, $3); }
| expr '*' expr
	{ $$ = build_binary(p, TREE_MUL, &@$, $1, $3); }
| '(' expr ')'
	{ $$ = $2; }
| ABS '(' expr ')'
	{ $$ = build_binary(p, TREE_ABS, &@$, $3, NULL); }
| NUMBER
	{ $$ = build_number(p, &@$, &$1); }
| NAME
	{ $$ = build_operand(p, TREE_NAME, &@$, $1); }
| LETTERS
	{ $$ = build_operand(p, TREE_NAME, &@$, $1); }
| ISS
	{ $$ = build_operand(p, TREE_NAME, &@$, $1); }
| DOTTED
	{ $$ = build_operand(p, TREE_DOTTED, &@$, $1); }
;

value:
  NUMBER
	{ $$ = build_literal(p, &@1, &$1); }
| DECIMAL
	{ $$ = build_literal(p, &@1, &$1); }
| DURATION
	{ $$ = build_literal(p, &@1, &$1); }
| PERCENT
	{ $$ = build_literal(p, &@1, &$1); }
| STRING
	{ $$ = build_literal(p, &@1, &$1); }
| plain
	{ $$ = build_word(p, &@1, $1); }
;

item:
  value
	{ $$ = $1; }
| keyword
	{ $$ = build_word(p, &@1, $1); }
| ISS
	{ $$ = build_word(p, &@1, $1); }
;

items:
  item
	{ $$ = (struct value_list){ 0 }; build_append_value(&$$, $1); }
| items item
	{ $$ = $1; build_append_value(&$$, $2); }
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
| OPTION | OPTION_WORD | OPT | HEX | ABS
;

%%

static void parse_error(const struct span *at, struct parser *p, void *scanner, const char *text)
{
	(void)scanner;
	syntax_too_deep(p, at, text);
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
	syntax_report(p, yypcontext_location(context), token == YYSYMBOL_YYEMPTY ? NULL : yysymbol_name(token),
	              names, count > 0 ? (size_t)count : 0);
	return 0;
}
