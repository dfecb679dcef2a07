/* The device and the addresses that fourwave --tap gives a program in its environment. */
#ifndef FW_STACKS_TAP_H
#define FW_STACKS_TAP_H

/* A setting that must be there; ends the program with a sentence where it is not. */
const char *tap_setting(const char *name);

/* Opens the TAP device FOURWAVE_TAP: each read() and write() is an Ethernet frame, without more.
 * Non-blocking. Ends the program with a sentence where that is refused. */
int tap_open(void);

#endif
