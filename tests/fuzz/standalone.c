/* A main() for a fuzz target where there is no libFuzzer:
 *
 *	fuzz_X FILE...           runs it over files: a crash, a corpus
 *	fuzz_X [-n N] [-s SEED]  runs it over its built-in inputs, and over N
 *	                         pseudo-random mutations of them
 *
 * The same SEED gives the same inputs. One that fails is written to
 * fuzz-failed.bin. */
#include "standalone.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_BYTES = 4096, SEEDS_MAX = 256, MUTATIONS_MAX = 8 };

static const char failed_file[] = "fuzz-failed.bin";

static struct {
	uint8_t *bytes; /* allocated to its very size, so that ASan sees its end */
	size_t size;
} input;

static uint64_t random_state;

/* xorshift64* */
static uint32_t random_below(size_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 0x2545f4914f6cdd1d) >> 32) % (uint32_t)n;
}

/* The target has aborted: keep what it was given. */
static void save_input(int signal_number)
{
	FILE *f = fopen(failed_file, "wb");

	if (f) {
		fwrite(input.bytes, 1, input.size, f);
		fclose(f);
		fprintf(stderr, "the input that failed is in %s\n", failed_file);
	}
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void run(const uint8_t *bytes, size_t size)
{
	input.bytes = malloc(size ? size : 1);
	input.size = size;
	if (!input.bytes)
		abort();
	if (size)
		memcpy(input.bytes, bytes, size);
	LLVMFuzzerTestOneInput(input.bytes, size);
	free(input.bytes);
}

static size_t mutate_once(uint8_t *b, size_t size)
{
	static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
	size_t at;

	if (size == 0)
		return 0;
	at = random_below(size);
	switch (random_below(6)) {
	case 0: b[at] ^= (uint8_t)(1u << random_below(8)); return size;
	case 1: b[at] = (uint8_t)random_below(256); return size;
	case 2: b[at] = edges[random_below(sizeof edges)]; return size;
	case 3: /* cut short */ return at;
	case 4: /* taken out */ memmove(b + at, b + at + 1, size - at - 1); return size - 1;
	case 5: /* doubled */
		if (size == INPUT_BYTES)
			return size;
		memmove(b + at + 1, b + at, size - at);
		return size + 1;
	}
	return size;
}

static void run_mutations(unsigned long rounds)
{
	static uint8_t seeds[SEEDS_MAX][INPUT_BYTES];
	static size_t sizes[SEEDS_MAX];
	unsigned count = 0;

	while (count < SEEDS_MAX && (sizes[count] = fuzz_seed(count, seeds[count], INPUT_BYTES)) > 0)
		count++;
	for (unsigned i = 0; i < count; i++)
		run(seeds[i], sizes[i]);
	for (unsigned long i = 0; i < rounds && count; i++) {
		unsigned which = random_below(count);
		size_t size = sizes[which];
		uint8_t b[INPUT_BYTES];

		memcpy(b, seeds[which], size);
		for (uint32_t n = 1 + random_below(MUTATIONS_MAX); n > 0; n--)
			size = mutate_once(b, size);
		run(b, size);
	}
	printf("%u built-in inputs, %lu mutations\n", count, rounds);
}

static int run_file(const char *path)
{
	static uint8_t b[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t size;

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return EXIT_FAILURE;
	}
	size = fread(b, 1, sizeof b, f);
	fclose(f);
	run(b, size);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	unsigned long rounds = 300000;
	int status = EXIT_SUCCESS;
	int flag;

	random_state = 1;
	while ((flag = getopt(argc, argv, "n:s:")) != -1) {
		if (flag == 'n')
			rounds = strtoul(optarg, NULL, 0);
		else if (flag == 's')
			random_state = strtoull(optarg, NULL, 0) | 1; /* 0 would stay 0 */
		else
			return 2;
	}
	signal(SIGABRT, save_input);
	signal(SIGSEGV, save_input);
	if (optind == argc)
		run_mutations(rounds);
	for (int i = optind; i < argc; i++)
		if (run_file(argv[i]) != EXIT_SUCCESS)
			status = EXIT_FAILURE;
	return status;
}
