/* Numbers from the command line: whole text or nothing, bounds checked. */
#ifndef FW_NUMBER_H
#define FW_NUMBER_H

#include <stdint.h>

#include "base/diag.h"

/* Reads a decimal number in low..high. False with a sentence that begins with
 * what ("--rate"): not a number, too large, too small. */
bool number_parse(const char *what, const char *text, uint64_t low, uint64_t high, uint64_t *out,
                  struct diag *d);

/* The same for a number with a fraction ("2.5"); no exponent, no "inf". */
bool number_parse_real(const char *what, const char *text, double low, double high, double *out,
                       struct diag *d);

#endif
