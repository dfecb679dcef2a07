/* Arenas: zeroed, aligned, apart from each other. */
#include "base/memory.h"

#include "suite.h"

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

/* One assertion for many bytes: each costs a write to check's pipe. */
static bool all_are(const unsigned char *piece, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		if (piece[i] != value)
			return false;
	return true;
}

START_TEST(test_alloc)
{
	struct arena *a = arena_new();

	ck_assert_ptr_nonnull(a);
	for (size_t size = 0; size < 5000; size += 7) {
		unsigned char *piece = arena_alloc(a, size);

		ck_assert_ptr_nonnull(piece);
		ck_assert_uint_eq((uintptr_t)piece % alignof(max_align_t), 0);
		ck_assert(all_are(piece, size, 0));
		memset(piece, 0xff, size); /* the next must be zeroed all the same */
	}
	arena_free(a);
}
END_TEST

/* Pieces do not overlap: each keeps what was written to it. */
START_TEST(test_apart)
{
	enum { PIECES = 3000, BYTES = 33 };
	static unsigned char *pieces[PIECES];
	struct arena *a = arena_new();

	for (int i = 0; i < PIECES; i++) {
		pieces[i] = arena_alloc(a, BYTES);
		memset(pieces[i], i, BYTES);
	}
	for (int i = 0; i < PIECES; i++)
		ck_assert(all_are(pieces[i], BYTES, (unsigned char)i));
	arena_free(a);
}
END_TEST

START_TEST(test_large)
{
	static const size_t sizes[] = {16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 1 << 20};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char *large = arena_alloc(a, sizes[i]), *small = arena_alloc(a, 1);

		memset(large, 1, sizes[i]);
		ck_assert_uint_eq(*small, 0);
	}
	arena_free(a);
}
END_TEST

START_TEST(test_copy)
{
	struct arena *a = arena_new();
	char *text;

	text = arena_copy(a, "hello, world", 5);
	ck_assert_str_eq(text, "hello");
	ck_assert_str_eq(arena_copy(a, "", 0), "");
	ck_assert_mem_eq(arena_copy(a, "a\0b", 3), "a\0b", 4); /* a NUL within is a byte as any other */
	arena_free(a);
}
END_TEST

START_TEST(test_printf)
{
	struct arena *a = arena_new();
	char *text;

	ck_assert_str_eq(arena_printf(a, "%s-%d", "x", 7), "x-7");
	ck_assert_str_eq(arena_printf(a, "%s", ""), "");
	text = arena_printf(a, "%*d", 40000, 1); /* larger than a block */
	ck_assert_uint_eq(strlen(text), 40000);
	ck_assert_int_eq(text[39999], '1');
	arena_free(a);
}
END_TEST

START_TEST(test_free)
{
	arena_free(NULL);
	arena_free(arena_new());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arena");
	TCase *c = tcase_create("arena");

	tcase_add_test(c, test_alloc);
	tcase_add_test(c, test_apart);
	tcase_add_test(c, test_large);
	tcase_add_test(c, test_copy);
	tcase_add_test(c, test_printf);
	tcase_add_test(c, test_free);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
