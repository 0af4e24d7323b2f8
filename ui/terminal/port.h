/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * port.h - the terminal as two descriptors: its modes, what is written to it, what is read.
 *
 * Nothing here waits for the terminal but port_close() and port_release(), and these only so
 * long: what it does not take at once stays in a queue.  However the program ends, the terminal
 * gets back its modes and what port_open() was told to say at the end; of signals that nobody
 * handles a handler does that and lets the signal do the rest.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_PORT_H
#define SWAPSCOPE_UI_TERMINAL_PORT_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Keys come one by one and unseen, and neither reading nor writing waits.  `goodbye` (n bytes,
 * copied) is what the terminal is told when the program ends by a signal; longer than
 * GOODBYE_MAX it is none.  0 or a negative errno.
 */
#define GOODBYE_MAX	512
int port_open(const char *goodbye, size_t n);

/* Write to the terminal, in this order.  0 or -ENOMEM. */
int port_send(const void *bytes, size_t n);

/* Of what was sent, write what it takes.  0: all; -EAGAIN: there is more; -EIO: it is gone. */
int port_flush(void);

/* Up to n bytes; 0: none came; -EIO: it is gone. */
ssize_t port_read(void *buf, size_t n);

/* For a while it is somebody else's: its modes as they were.  And taken again. */
void port_release(void);
void port_take(void);

/* What was sent is written, its modes are as they were; keys that nobody took are forgotten. */
void port_close(void);

#endif
