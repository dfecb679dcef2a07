/* Good scenarios, damaged: whatever comes, the parser says something sensible and does not fall.
 * Repeatable; FW_MUTANTS=N in the environment runs N rather than the few of a test. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/load.h"

enum { TEXT_MAX = 16 * 1024, SEEDS_MAX = 100, DEFAULT_MUTANTS = 4000, PATH_BYTES = 512 };

struct seed {
	char text[TEXT_MAX];
	size_t len;
};

static struct seed seeds[SEEDS_MAX];
static unsigned seed_count;
static uint64_t state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % (n > 0 ? n : 1);
}

static const char *const pieces[] = {
    "{",     "}",          "\n",       "\"",      "(",        ")",        "<",          ">",
    "..",    ",",          ";",        "\\\n",    "#",        "*",        "4294967295", "repeat 99999 {",
    "play ", "block a(",   " as fin ", "seq ",    "one of {", "\xc3\xa4", "\xff",       "0s",
    "%",     "include \"", "state ",   "sysctl ", "expect ",  "sack {",   " lost",      "snd.nxt",
    "="};

static void insert(struct seed *s, size_t at, const char *bytes, size_t len)
{
	if (s->len + len > TEXT_MAX)
		return;
	memmove(s->text + at + len, s->text + at, s->len - at);
	memcpy(s->text + at, bytes, len);
	s->len += len;
}

static void cut(struct seed *s, size_t at, size_t len)
{
	if (len > s->len - at)
		len = s->len - at;
	memmove(s->text + at, s->text + at + len, s->len - at - len);
	s->len -= len;
}

static void mutate(struct seed *s)
{
	size_t at = random_below((uint32_t)s->len);
	const struct seed *other = &seeds[random_below(seed_count)];
	const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
	size_t from = random_below((uint32_t)other->len), len = random_below(40);

	switch (random_below(5)) {
	case 0:
		if (s->len > 0)
			s->text[at] = (char)random_below(256);
		break;
	case 1: insert(s, at, piece, strlen(piece)); break;
	case 2: cut(s, at, 1 + random_below(3)); break;
	case 3: cut(s, at, len); break;
	default: insert(s, at, other->text + from, len < other->len - from ? len : other->len - from); break;
	}
}

/* False where a text fails without a message, or a message is not whole. */
static bool run(const struct seed *s)
{
	struct messages *m = messages_new();
	struct scenario *scenario = scenario_parse("good/mutant.wave", s->text, s->len, NULL, m);
	UT_string out;
	bool ok = scenario ? messages_count(m) == 0 : messages_errors(m) > 0;

	utstring_init(&out);
	for (size_t i = 0; i < messages_count(m); i++)
		ok = messages_at(m, i)->diag.text[0] && ok;
	messages_text(m, &out);
	ok = ok && (scenario || utstring_len(&out) > 0);
	if (scenario && scenario->step_count < 1000)
		scenario_explain(scenario, &out);
	utstring_done(&out);
	scenario_free(scenario);
	messages_free(m);
	return ok;
}

static void load_seeds(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d)) && seed_count < SEEDS_MAX) {
		char path[PATH_BYTES];
		FILE *f;

		snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
		if (!strstr(path, ".wave") || !(f = fopen(path, "r")))
			continue;
		seeds[seed_count].len = fread(seeds[seed_count].text, 1, TEXT_MAX, f);
		seed_count += seeds[seed_count].len > 0;
		fclose(f);
	}
	if (d)
		closedir(d);
}

int main(void)
{
	const char *top = getenv("srcdir"), *wanted = getenv("FW_MUTANTS");
	long count = wanted ? atol(wanted) : DEFAULT_MUTANTS;
	static struct seed mutant;
	char dir[PATH_BYTES];

	snprintf(dir, sizeof dir, "%s/tests/golden/good", top ? top : ".");
	load_seeds(dir);
	snprintf(dir, sizeof dir, "%s/tests/golden/bad", top ? top : ".");
	load_seeds(dir);
	for (long i = 0; i < count && seed_count > 0; i++) {
		unsigned times = 1 + random_below(6);

		mutant = seeds[random_below(seed_count)];
		while (times-- > 0)
			mutate(&mutant);
		if (!run(&mutant)) {
			printf("mutant %ld:\n%.*s\n", i, (int)mutant.len, mutant.text);
			return 1;
		}
	}
	printf("%ld mutants of %u scenarios\n", count, seed_count);
	return seed_count == 0;
}
