/* What a fuzz target offers to standalone.c; libFuzzer asks for the first alone. */
#ifndef FW_TESTS_STANDALONE_H
#define FW_TESTS_STANDALONE_H

#include <stddef.h>
#include <stdint.h>

/* Runs the code under test on one input and aborts where it is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the n-th built-in input to buf and returns its length, at most size; 0: there are no more. */
size_t fuzz_seed(unsigned n, uint8_t *buf, size_t size);

#endif
